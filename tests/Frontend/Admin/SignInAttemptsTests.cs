using System.Net;
using Ensemble.Frontend.Callers;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Admin;

public sealed class SignInAttemptsTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Add_WrongKeysThatWaitAsTheyAreTold_WaitLongerUpToTheMaximumDelay()
    {
        var attempts = new SignInAttempts(_clock);
        var waits = new List<double>();
        for (var count = 0; count < SignInAttempts.Free + 6; count++)
        {
            if (attempts.Add(IPAddress.Loopback, isRight: false) is { } wait)
            {
                waits.Add(wait.TotalSeconds);
                _clock.Advance(wait);
                attempts.Add(IPAddress.Loopback, isRight: false).ShouldBeNull();
            }
        }

        waits.ShouldBe([1, 2, 4, 8, 10, 10]);
    }

    [Fact]
    public void Add_EarlyAttempts_DoNotMakeThePauseLonger()
    {
        var attempts = Slowed(IPAddress.Loopback);
        for (var count = 0; count < 1000; count++)
        {
            attempts.Add(IPAddress.Loopback, isRight: false).ShouldBe(TimeSpan.FromSeconds(1));
        }

        _clock.Advance(TimeSpan.FromSeconds(1));

        attempts.Add(IPAddress.Loopback, isRight: true).ShouldBeNull();
        attempts.Add(IPAddress.Loopback, isRight: false).ShouldBeNull();
        attempts.Add(IPAddress.Loopback, isRight: true).ShouldBeNull();
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.2", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", false)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", true)]
    public void Add_FromAnotherAddress_IsSlowedOnlyWithinTheSameNetwork(string wrong, string other, bool isFree)
    {
        var attempts = Slowed(IPAddress.Parse(wrong));

        (attempts.Add(IPAddress.Parse(other), isRight: true) is null).ShouldBe(isFree);
    }

    [Fact]
    public void Add_FromManyAddresses_RemembersABoundedNumber()
    {
        var attempts = new SignInAttempts(_clock);
        for (var count = 0; count < 3 * SignInAttempts.MaxAddresses; count++)
        {
            attempts.Add(new IPAddress(count + 1L), isRight: false).ShouldBeNull();
        }

        attempts.Addresses.ShouldBe(SignInAttempts.MaxAddresses);
    }

    [Fact]
    public void Add_LongAfterTheLastWrongKey_BeginsAgain()
    {
        var attempts = Slowed(IPAddress.Loopback);
        _clock.Advance(SignInAttempts.Retention);

        attempts.Add(IPAddress.Loopback, isRight: false).ShouldBeNull();
        attempts.Add(IPAddress.Loopback, isRight: false).ShouldBeNull();
    }

    private SignInAttempts Slowed(IPAddress address)
    {
        var attempts = new SignInAttempts(_clock);
        for (var count = 0; count < SignInAttempts.Free; count++)
        {
            attempts.Add(address, isRight: false).ShouldBeNull();
        }

        return attempts;
    }
}
