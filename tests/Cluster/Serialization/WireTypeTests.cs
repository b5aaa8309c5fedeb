using System.CodeDom.Compiler;
using System.Reflection;
using Ensemble.Grains;
using Ensemble.Runs;
using Microsoft.Extensions.DependencyInjection;
using Orleans.CodeGeneration;
using Orleans.Serialization;

namespace Ensemble.Cluster.Tests.Serialization;

/// <summary>What must hold of every type that crosses the wire, also of one that is not written yet.</summary>
public sealed class WireTypeTests
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Serializer Wire = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    /// <summary>Written by hand, with a serializer that Orleans writes; a surrogate among them stands for what it carries.</summary>
    private static readonly Type[] Serialized =
        [.. Written().Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false) is not null)];

    private static readonly Type[] Messages = [.. Serialized.Where(type => !type.IsEnum)];

    private static readonly Type[] Interfaces = [.. Written().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)))];

    [Fact]
    public void Messages_OfTheAssembly_AreAllSentThereAndBack()
    {
        // The request, the batches and the usage have tests of their own, since they are not compared by what they print.
        Type[] sent =
        [
            .. MessageTests.Messages.Values.Concat(UsageStreamBatchTests.Messages.Values).Select(message => message.GetType()),
            typeof(RunRequest),
            typeof(Grains.Answers.AnswerBatch),
        ];

        Messages.Select(Carried).Except(sent).ShouldBeEmpty("each needs a round trip, in MessageTests");
    }

    [Fact]
    public void Messages_OfTheAssembly_AreAllFrozen()
    {
        var types = FrozenMessages.All.Values.Concat(FrozenMessages.AnswerBatches.Values).Concat(FrozenMessages.Usage.Values).Select(bytes => Wire.Deserialize<object>(Convert.FromBase64String(bytes))!.GetType());

        // The request was written where its type is known already.
        Messages.Select(Carried).Except([.. types, typeof(RunRequest)]).ShouldBeEmpty("each needs the bytes of its first version, in FrozenMessages");
    }

    [Fact]
    public void Surrogates_OfTheAssembly_EachHaveOneConverter()
    {
        Messages.Where(type => type.Name.EndsWith("Surrogate", StringComparison.Ordinal)).Where(type => Carried(type) == type).ShouldBeEmpty();
        Converters().Select(converter => converter.Surrogate).ShouldBeUnique();
        Converters().Select(converter => converter.Surrogate).ShouldBeSubsetOf(Messages);
    }

    [Fact]
    public void Aliases_OfTypes_ComeFromTheOneListAndAreUnique()
    {
        string[] listed = [.. typeof(WireNames).GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Select(field =>
            (string)field.GetRawConstantValue()!)];

        // Core's types are named as in .NET, as the surrogates before them were: the frozen messages hold those names.
        string[] used = [.. Messages.Where(type => type.Assembly == typeof(WireNames).Assembly).Concat(Interfaces).Select(type => Alias(type) ?? $"{type} has none")];

        listed.ShouldBeUnique();
        used.ShouldBe(listed, ignoreOrder: true);
    }

    [Fact]
    public void Aliases_OfMethods_AreThereAndUniqueInEachInterface()
    {
        foreach (var type in Interfaces)
        {
            string[] aliases = [.. type.GetInterfaces().Intersect(Interfaces).Append(type).SelectMany(Methods).Select(method => Alias(method) ?? $"{method} has none")];

            aliases.ShouldBeUnique();
            aliases.ShouldAllBe(alias => alias.All(char.IsAsciiLetterLower));
        }
    }

    [Fact]
    public void Versions_OfGrains_AreThere()
    {
        // What a process is told goes to that process, whatever its version.
        var grains = Interfaces.Where(type => !type.IsAssignableTo(typeof(IGrainObserver)));

        grains.Where(type => type.GetCustomAttribute<VersionAttribute>() is not { Version: > 0 }).ShouldBeEmpty();
    }

    [Fact]
    public void Numbers_OfFields_AreThereAndUniqueInEachType()
    {
        foreach (var type in Messages)
        {
            Ids(type).ShouldBeUnique(type.Name);

            // What has no number is left behind without a word.
            State(type).Where(member => member.GetCustomAttribute<IdAttribute>() is null).ShouldBeEmpty(type.Name);
            Ids(type).Length.ShouldBe(State(type).Count());
        }
    }

    private static IEnumerable<Type> Written() =>
        typeof(WireNames).Assembly.GetTypes().Concat(typeof(RunId).Assembly.GetTypes()).Where(type => type.GetCustomAttribute<GeneratedCodeAttribute>() is null);

    private static Type Carried(Type type) => Converters().Where(converter => converter.Surrogate == type).Select(converter => converter.Value).FirstOrDefault(type);

    private static IEnumerable<(Type Value, Type Surrogate)> Converters() =>
        from type in Written()
        where type.GetCustomAttribute<RegisterConverterAttribute>() is not null
        from contract in type.GetInterfaces()
        where contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IConverter<,>)
        select (contract.GenericTypeArguments[0], contract.GenericTypeArguments[1]);

    private static IEnumerable<MethodInfo> Methods(Type type) => type.GetMethods(Declared);

    private static string? Alias(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    private static uint[] Ids(Type type) => [.. type.GetMembers(Declared).Select(member => member.GetCustomAttribute<IdAttribute>()).OfType<IdAttribute>().Select(id => id.Id)];

    /// <summary>Fields, and properties that have one behind them; not those that say of themselves that they stay behind.</summary>
    private static IEnumerable<MemberInfo> State(Type type) => type.GetFields(Declared).Where(field => !field.IsDefined(typeof(NonSerializedAttribute))).Select(field =>
        field.Name is ['<', .. var name] && name.IndexOf('>', StringComparison.Ordinal) is var end and > 0 ? (MemberInfo)type.GetProperty(name[..end], Declared)! : field);
}
