using Ensemble.Catalog;

namespace Ensemble.Core.Tests.Answers;

/// <summary>What answers say, by the question they answer; an expectation is a kind and the canonical text, null where nothing can be counted.</summary>
internal static class ExtractionCases
{
    private const string Open = "Tell me what you think.";
    private const string HowMany = "A farmer has 16 eggs and sells them for 2 dollars each. How many does she have?";
    private const string Percent = "What percentage of the students passed?";
    private const string Capital = "Which city is the capital of France?\nA) London\nB) Berlin\nC) Paris\nD) Madrid";
    private const string Sum = "What is 3 + 4?\n(A) 5 (B) 6 (C) 7 (D) 8 (E) 9 (F) 10";
    private const string Dotted = "Which one is a noble gas?\n\nA. Oxygen\nB. Neon\nC. Iron";
    private const string Coloned = "Choose.\nA: red\nB: green\nC: blue";
    private const string Prime = "Is 91 a prime number?";
    private const string Long =
        "The history of the bridge is long. It was begun in 1870 and opened in 1883, after 14 years of work, and it cost 15 million dollars at the time. Some 27 people died while it was built. ";

    public static TheoryData<AnswerType, string, string, string?> Stated { get; } = Of(
        AnswerType.Auto,
        Open,
        ("She sells 9 eggs for 2 each.\nA: 18", "Number 18"),
        ("16 - 3 = <<16-3=13>>13 eggs are left\n13 * 2 = $<<13*2=26>>26\nA: 26", "Number 26"),
        ("A: 18", "Number 18"),
        ("So she makes 9 * 2 = $18.\n#### 18", "Number 18"),
        ("#### $1,234.50\n", "Number 1234.5"),
        ("#### Each child got 5 books.", "Number 5"),
        ("#### Step 2\nNow we add the two and see what comes of it, which takes some time.", null),
        ("The answer is 42.", "Number 42"),
        ("After all that, the final answer is: 42", "Number 42"),
        ("Thinking it over, the answer would be about 42 in my view.", "Number 42"),
        ("Answer: 42", "Number 42"),
        ("**Answer:** 42", "Number 42"),
        ("**Answer**: **42**", "Number 42"),
        ("Final Answer\n\n42", "Number 42"),
        ("ANSWER = 42", "Number 42"),
        ("Ans: 42", "Number 42"),
        ("The answer to the question is therefore 42.", "Number 42"),
        ("The answer (in dollars) is $42.", "Number 42"),
        ("The answer is x = 42", "Number 42"),
        ("The answer is 5 + 7 = 12.", "Number 12"),
        ("The result is 42.", "Number 42"),
        ("The invites result in 100 * 2 = 200 people coming to the party, who are not all that there are.", null),
        (@"We get \boxed{7}.", "Number 7"),
        (@"Thus $x = \boxed{\frac{3}{4}}$.", "Number 0.75"),
        (@"\boxed{1\frac{1}{2}}", "Number 1.5"),
        (@"\[\boxed{-\dfrac{1}{8}}\]", "Number -0.125"),
        (@"\boxed{18\text{ eggs}}", "Number 18"),
        (@"\boxed{\$1{,}234}", "Number 1234"),
        (@"\boxed{x = 5}", "Number 5"),
        (@"The answer is $\frac{1}{2}$.", "Number 0.5"),
        (@"The answer is \(18\).", "Number 18"),
        (@"First \boxed{3}, and then \boxed{4}", "Number 4"),
        ("It comes to **42** in the end, as one sees when one adds them all up.", "Number 42"),
        ("Final answer — 42", "Number 42"),
        ("### Answer\n42", "Number 42"),
        ("<answer>42</answer>", "Number 42"),
        ("As one sees it comes to this.\n<answer>\n42\n</answer>", "Number 42"),
        ("答案是 42。", "Number 42"),
        ("答案：４２", "Number 42"),
        ("Die Antwort ist 3,5.", "Number 3.5"),
        ("La respuesta es 42.", "Number 42"),
        ("La réponse est 42.", "Number 42"));

    public static TheoryData<AnswerType, string, string, string?> Written { get; } = Of(
        AnswerType.Auto,
        Open,
        ("391", "Number 391"),
        ("391.0", "Number 391"),
        ("391.00", "Number 391"),
        ("391.", "Number 391"),
        ("+391", "Number 391"),
        ("0391", "Number 391"),
        ("1,234.50", "Number 1234.5"),
        ("1,234", "Number 1234"),
        ("1,234,567", "Number 1234567"),
        ("12,34,567", "Number 1234567"),
        ("1.234.567", "Number 1234567"),
        ("1.234,50", "Number 1234.5"),
        ("1.234", "Number 1.234"),
        ("3,5", "Number 3.5"),
        ("12,25 €", "Number 12.25"),
        ("0,500", "Number 0.5"),
        ("1'234'567", "Number 1234567"),
        ("1\u202F234,5", "Number 1234.5"),
        ("$18", "Number 18"),
        ("€18", "Number 18"),
        ("£ 18.00", "Number 18"),
        ("18 dollars", "Number 18"),
        ("US$18", "Number 18"),
        ("USD 18", "Number 18"),
        ("18 eggs", "Number 18"),
        ("18 eggs a day.", "Number 18"),
        ("It's 18.", "Number 18"),
        ("18km", "Number 18"),
        ("3/4", "Number 0.75"),
        ("1/2", "Number 0.5"),
        ("0.5", "Number 0.5"),
        (".5", "Number 0.5"),
        ("½", "Number 0.5"),
        ("1 1/2", "Number 1.5"),
        ("2½ cups", "Number 2.5"),
        ("1/3", "Number 0.3333333"),
        ("0.33333333", "Number 0.3333333"),
        ("-5", "Number -5"),
        ("\u22125", "Number -5"),
        ("-$5.00", "Number -5"),
        ("$-5", "Number -5"),
        ("-0", "Number 0"),
        ("1.5e3", "Number 1500"),
        ("2E-3", "Number 0.002"),
        ("6.02 × 10^23", "Number 602000000000000000000000"),
        (@"6.02 \times 10^{23}", "Number 602000000000000000000000"),
        ("5 × 10⁻³", "Number 0.005"),
        ("3 million", "Number 3000000"),
        ("$1.5 billion", "Number 1500000000"),
        ("5k", "Number 5000"),
        ("１２３", "Number 123"),
        ("50%", "Number 0.5"),
        ("50 percent", "Number 0.5"),
        ("1267650600228229401496703205376", "Number 1267650600228229401496703205376"),
        ("391.00000001", "Number 391"),
        ("391.01", "Number 391.01"),
        ("1000001", "Number 1000001"),
        ("230", "Number 230"));

    public static TheoryData<AnswerType, string, string, string?> Percentages { get; } = Of(
        AnswerType.Auto,
        Percent,
        ("50%", "Number 50"),
        ("50", "Number 50"),
        ("50 percent", "Number 50"),
        ("The answer is 12.5 %.", "Number 12.5"),
        ("0.5", "Number 0.5"));

    public static TheoryData<AnswerType, string, string, string?> NotNumbers { get; } = Of(
        AnswerType.Auto,
        Open,
        (Long + "It was a great work.", null),
        (Long + "Today 120,000 cars cross it every day, and 4,000 people walk over it as well.", null),
        ("He takes **3** of them and then **4** of those, which makes a good deal more than one would have thought.", null),
        ("2024-01-05", "ShortText 2024-01-05"),
        ("10:30", "ShortText 10:30"),
        ("Version 1.2.3", "ShortText version 1.2.3"),
        ("1,2,3", "ShortText 1,2,3"),
        ("5-10", "ShortText 5-10"),
        ("5 or 7", "ShortText 5 or 7"),
        ("3 hours and 20 minutes", "ShortText 3 hours and 20 minutes"),
        ("B12", "ShortText b12"),
        ("COVID-19", "ShortText covid-19"),
        ("4 July 1776", "ShortText 4 july 1776"),
        (@"The answer is $\sqrt{2}$.", @"ShortText $\sqrt{2}$"),
        ("The answer is 2π.", "ShortText 2π"),
        ("The answer is 2x + 3.", "ShortText 2x + 3"),
        ("The answer is more than 7.", "ShortText more than 7"),
        ("seven", "ShortText seven"));

    public static TheoryData<AnswerType, string, string, string?> Corrected { get; } = Of(
        AnswerType.Auto,
        Open,
        ("The answer is 5. Wait, I forgot one: the answer is 6.", "Number 6"),
        ("The answer is not 5, but 7.", "Number 7"),
        ("The answer isn't 5. It's 7.", "Number 7"),
        ("The answer is not 5.", null),
        ("At first it seems that the answer is 5. On a closer look I see that the answer is not 5 at all.", null),
        ("The wrong answer is 10, which is what comes to mind; the correct answer is 5.", "Number 5"),
        ("If the answer is 5, then all of the other conditions that were given would be broken at once.", null),
        ("Somebody told me that the answer is 5 is wrong, and I have not found any other one so far.", null),
        ("The answer is 5 or 7.", "ShortText 5 or 7"),
        ("To answer 42 questions takes a good while, and nobody here has got that much time to give.", null),
        ("It answered 42 questions, and after that it went to sleep for a good long while, as did we.", null));

    public static TheoryData<AnswerType, string, string, string?> Quantities { get; } = Of(
        AnswerType.Auto,
        HowMany,
        ("She makes $18 every day.", "Number 18"),
        ("She eats 3 and bakes with 4, which leaves her 9.\nTherefore, she makes $18 every day.", "Number 18"),
        ("She eats 3 and bakes with 4. So in total she makes 9 * $2 = $18 every day.", "Number 18"),
        ("She eats 3 and bakes with 4, which leaves her 9 of the 16 to sell at 2 dollars each at the market.", null),
        ("There are 18 left.", "Number 18"),
        ("She sells them for **2 dollars** each, at the market. Therefore, she makes $18 every day.", "Number 18"),
        ("She sells them for **2 dollars** each, at the market. Every day there she makes $18 and no more than that.", null));

    public static TheoryData<AnswerType, string, string, string?> ForcedNumbers { get; } = Of(
        AnswerType.Number,
        HowMany,
        ("I count 3 apples and 4 pears, which makes 7", "Number 7"),
        ("She would collect 72000 in 16 hours.", "Number 72000"),
        ("The profit is $750 (earnings) - $500 (car payment) = $250 a month.", "Number 250"),
        ("120 minutes / 60 = 2 hours.\n\nIt takes 2 hours to charge the phone to 100%.", "Number 2"),
        ("She has **12** left, of 16.", "Number 12"),
        ("She sells them for **2 dollars** each. She makes $18 every day.", "Number 18"),
        ("She has 12 left. That is all that can be said.", "Number 12"),
        ("It is not 5.", null),
        ("The answer is not 5.", null),
        ("Answer: She makes 18 a day.", "Number 18"),
        ("no idea at all, I fear", null),
        ("I'm sorry, but I can't help with the 2 eggs.", null),
        ("I don't know.", null),
        ("", null));

    public static TheoryData<AnswerType, string, string, string?> Choices { get; } = Of(
        AnswerType.Auto,
        Capital,
        ("C", "Choice C"),
        ("c", "Choice C"),
        ("C.", "Choice C"),
        ("(C)", "Choice C"),
        ("(c)", "Choice C"),
        ("c)", "Choice C"),
        ("**C**", "Choice C"),
        ("C) Paris", "Choice C"),
        ("C: Paris", "Choice C"),
        ("C. Paris is the capital of France; London is that of the United Kingdom.", "Choice C"),
        ("Option C", "Choice C"),
        ("The answer is C.", "Choice C"),
        ("The answer is (C) Paris.", "Choice C"),
        ("The correct answer is option C, because Paris is the capital.", "Choice C"),
        ("The correct option is: C", "Choice C"),
        ("Answer: C", "Choice C"),
        ("A: C", "Choice C"),
        ("A: London", "Choice A"),
        ("**Answer: C) Paris**", "Choice C"),
        (@"\boxed{C}", "Choice C"),
        (@"\boxed{\text{C}}", "Choice C"),
        ("#### C", "Choice C"),
        ("Option C is correct.", "Choice C"),
        ("(C) Paris is the right answer.", "Choice C"),
        ("I would go with C here.", "Choice C"),
        ("I choose B.", "Choice B"),
        ("London and Berlin are capitals of other countries.\n\nC", "Choice C"),
        ("London is in England. Madrid is in Spain. So the right one must be option C", "Choice C"),
        ("A) London is wrong, it is in England.\nB) Berlin is wrong too.\nC) Paris is right.\nSo the answer is C.", "Choice C"),
        ("A) is in England.\nB) is in Germany.\nC) is in France.\nD) is in Spain.", null),
        ("Paris", "Choice C"),
        ("The answer is Paris.", "Choice C"),
        ("It's Paris.", "Choice C"),
        ("Both A and C are correct.", "Choice A,C"),
        ("The answer is both A and C.", "Choice A,C"),
        ("A and C", "Choice A,C"),
        ("C, A", "Choice A,C"),
        ("A or C", null),
        ("The answer is A or C.", null),
        ("The answer is A. No: on reflection, the answer is C.", "Choice C"),
        ("The answer is not B, but C.", "Choice C"),
        ("The answer is not B.", null),
        ("It is not B.", null),
        ("Option B is incorrect.", null),
        ("The answer is A city that lies on the Seine.", null),
        ("A city on the Seine, I think it was, but who can tell these days what is where.", null),
        ("I think that one of these is the capital, and I am thinking about it still.", null),
        ("I'd say C", "Choice C"),
        ("[C]", "Choice C"),
        ("<answer>C</answer>", "Choice C"),
        ("{\"answer\": \"C\"}", "Choice C"),
        ("Option A is wrong. Option C is right.", "Choice C"),
        ("neither A nor C", null),
        ("答案是C", "Choice C"),
        ("Ｃ", "Choice C"),
        ("E", null),
        ("I'm sorry, but I can't answer that.", null));

    public static TheoryData<AnswerType, string, string, string?> OtherLists { get; } = Join(
        Of(AnswerType.Auto, Sum, ("C", "Choice C"), ("F", "Choice F"), ("G", null), ("7", "Choice C"), ("The answer is 7.", "Choice C"), ("(C) 7", "Choice C")),
        Of(AnswerType.Auto, Dotted, ("B. Neon", "Choice B"), ("Neon", "Choice B"), ("The answer is B", "Choice B")),
        Of(AnswerType.Auto, Coloned, ("B: green", "Choice B"), ("green", "Choice B"), ("B", "Choice B")),
        Of(AnswerType.Auto, "Which one?\n1) red\n2) green\n3) blue", ("B", "ShortText b"), ("2", "Number 2"), ("2) green", "Number 2")),
        Of(AnswerType.Auto, "Q: 1+1?\nA) 1 B) 2\nAnswer: B\n\nQ: 2+2?\nA) 3 B) 5 C) 4\nAnswer:", ("C", "Choice C"), ("4", "Choice C")),
        Of(AnswerType.Auto, "Which of the following?\na) cats\nb) dogs", ("b", "Choice B"), ("b) dogs", "Choice B")),
        Of(AnswerType.Auto, "Vitamin A. And then vitamin B. What do you think of them?", ("B", "ShortText b")),
        Of(AnswerType.Choice, Open, ("The answer is D", "Choice D"), ("I like it.", null), ("(J)", "Choice J")));

    public static TheoryData<AnswerType, string, string, string?> YesNo { get; } = Join(
        Of(
            AnswerType.Auto,
            Prime,
            ("No", "YesNo no"),
            ("No.", "YesNo no"),
            ("No, 91 is 7 times 13.", "YesNo no"),
            ("No, 91 = 7 × 13, so that it has more divisors than the two that a prime number has.", "YesNo no"),
            ("**Yes**, it is.", "YesNo yes"),
            ("Yes. It can be divided by nothing but itself.\n\nOn second thought: 7 × 13 = 91. So the answer is no.", "YesNo no"),
            ("It may look like one, but 7 × 13 = 91.\nTherefore, no.", "YesNo no"),
            ("No one knows.", "ShortText no one knows"),
            ("Yes and no.", "ShortText yes and no"),
            ("False", "YesNo no"),
            ("It depends.", "ShortText it depends")),
        Of(AnswerType.Auto, Open, ("Yes.", "YesNo yes"), ("no", "YesNo no"), ("True", "YesNo yes"), ("是的", "YesNo yes"), ("Oui", "YesNo yes"), ("Yes, I think so.", "ShortText yes i think so")),
        Of(AnswerType.Auto, "Is it red or green?", ("Yes", "YesNo yes"), ("Green, as far as I know.", "ShortText green as far as i know")),
        Of(AnswerType.YesNo, Open, ("Yes, I think so.", "YesNo yes"), ("The answer is no.", "YesNo no"), (@"\boxed{\text{True}}", "YesNo yes"), ("42", null), ("Perhaps.", null)));

    public static TheoryData<AnswerType, string, string, string?> Words { get; } = Join(
        Of(
            AnswerType.Auto,
            Open,
            ("Paris", "ShortText paris"),
            (" **Paris**! ", "ShortText paris"),
            ("The answer is Paris.", "ShortText paris"),
            ("It is Paris.", "ShortText paris"),
            ("The Eiffel Tower", "ShortText eiffel tower"),
            ("It lies on the Seine and has two million inhabitants in it.\nAnswer: Paris", "ShortText paris"),
            ("The answer is complicated. There are many ways to look at it, and none of them is quite right.", null),
            (Long, null),
            ("北京大学", "ShortText 北京大学"),
            ("「東京」。", "ShortText 東京"),
            ("中国的首都是北京，它是一个历史悠久的城市，有很多著名的景点，每年吸引大量的游客。", null),
            ("I don't know.", null),
            ("I'm sorry, but I can't help with that.", null),
            ("   ", null)),
        Of(AnswerType.ShortText, Open, ("42", "ShortText 42"), ("The answer is Paris.", "ShortText paris"), (Long, null)),
        Of(AnswerType.Text, Open, ("Paris", null), ("42", null)));

    public static TheoryData<AnswerType, string, string, string?> Json { get; } = Of(
        AnswerType.Json,
        Open,
        ("{\"b\":1,\"a\":[2.50,1e2,-0]}", "Json {\"a\":[2.5,100,0],\"b\":1}"),
        ("```json\n{ \"a\" : 1.0 }\n```", "Json {\"a\":1}"),
        ("```\n[true, null, \"x\"]\n```", "Json [true,null,\"x\"]"),
        ("{\"a\":\"1.0\"}", "Json {\"a\":\"1.0\"}"),
        ("{\"a\":\"\\u00e9\"}", "Json {\"a\":\"é\"}"),
        ("{\"a\":1,\"a\":2}", "Json {\"a\":2}"),
        ("{\"b\":{\"d\":1,\"c\":2}}", "Json {\"b\":{\"c\":2,\"d\":1}}"),
        ("{\"a\":123456789012345678901234567890123456789012345}", "Json {\"a\":123456789012345678901234567890123456789012345}"),
        ("{\"a\":1", null),
        ("Here it is: {\"a\":1}", null),
        ("```json", null),
        ("{\"a\":\"\\ud800\"}", "Json {\"a\":\"\uFFFD\"}"),
        ("", null));

    private static TheoryData<AnswerType, string, string, string?> Of(AnswerType type, string question, params (string Answer, string? Expected)[] cases)
    {
        var data = new TheoryData<AnswerType, string, string, string?>();
        foreach (var (answer, expected) in cases)
        {
            data.Add(type, question, answer, expected);
        }

        return data;
    }

    private static TheoryData<AnswerType, string, string, string?> Join(params TheoryData<AnswerType, string, string, string?>[] parts)
    {
        var data = new TheoryData<AnswerType, string, string, string?>();
        data.AddRange([.. parts.SelectMany(part => part)]);
        return data;
    }
}
