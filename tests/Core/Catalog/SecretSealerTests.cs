using System.Security.Cryptography;
using Ensemble.Catalog.Secrets;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Catalog.Tests;

public sealed class SecretSealerTests
{
    private const string Audience = "m\nOpenAi\napi.example";

    [Fact]
    public void Open_WhatWasSealed_IsTheSecretForEveryText() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonEmptyString>(),
        ArbMap.Default.ArbFor<NonEmptyString>(),
        (secret, audience) =>
    {
        // Half of a surrogate pair is no text.
        var text = string.Concat(secret.Get.Where(c => !char.IsSurrogate(c))) + "x";
        var sealer = Sealer(1);
        sealer.TryOpen(Payload(sealer.Seal(text, audience.Get)), audience.Get, out var opened).ShouldBeTrue();
        opened.ShouldBe(text);
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Seal_Twice_NeverTheSameText() => Sealer(1).Seal("secret", Audience).ShouldNotBe(Sealer(1).Seal("secret", Audience));

    [Fact]
    public void Seal_Text_HoldsVersionAndNoSecret()
    {
        var text = Sealer(1).Seal("a-secret-in-clear", Audience);

        text.ShouldStartWith("sealed:v1:");
        text.ShouldNotContain("a-secret-in-clear");
    }

    [Fact]
    public void Open_AnotherKey_Fails() => Sealer(2).TryOpen(Payload(Sealer(1).Seal("secret", Audience)), Audience, out _).ShouldBeFalse();

    [Theory]
    [InlineData("other\nOpenAi\napi.example")]
    [InlineData("m\nOpenAi\nevil.example")]
    [InlineData("m\nAnthropic\napi.example")]
    [InlineData("m\nOpenAi\napi.example:8443")]
    public void Open_AnotherModelOrHost_Fails(string audience) =>
        Sealer(1).TryOpen(Payload(Sealer(1).Seal("secret", Audience)), audience, out _).ShouldBeFalse();

    [Fact]
    public void Open_AnyByteChanged_Fails()
    {
        var box = System.Buffers.Text.Base64Url.DecodeFromChars(Payload(Sealer(1).Seal("secret", Audience)));
        for (var index = 0; index < box.Length; index++)
        {
            box[index] ^= 1;
            Sealer(1).TryOpen(System.Buffers.Text.Base64Url.EncodeToString(box), Audience, out _).ShouldBeFalse($"byte {index}");
            box[index] ^= 1;
        }

        Sealer(1).TryOpen(System.Buffers.Text.Base64Url.EncodeToString(box), Audience, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    public void Open_Nonsense_Fails(string location) => Sealer(1).TryOpen(location, Audience, out _).ShouldBeFalse();

    [Fact]
    public void TryCreate_HexAndBase64OfTheSameBytes_AreTheSameKey()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        SecretSealer.TryCreate(Convert.ToHexString(key), out var hex).ShouldBeTrue();
        SecretSealer.TryCreate(Convert.ToBase64String(key), out var base64).ShouldBeTrue();

        base64!.TryOpen(Payload(hex!.Seal("secret", Audience)), Audience, out var secret).ShouldBeTrue();
        secret.ShouldBe("secret");
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZQ==")]
    [InlineData("zz23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void TryCreate_NoKeyOf32Bytes_IsRefused(string text) => SecretSealer.TryCreate(text, out _).ShouldBeFalse();

    private static string Payload(string text) => text[SecretSealer.Prefix.Length..];

    private static SecretSealer Sealer(byte fill)
    {
        var key = new byte[32];
        Array.Fill(key, fill);
        SecretSealer.TryCreate(Convert.ToBase64String(key), out var sealer).ShouldBeTrue();
        return sealer!;
    }
}
