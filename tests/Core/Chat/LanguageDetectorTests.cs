using Ensemble.Chat;
using FsCheck;
using FsCheck.Fluent;

namespace Ensemble.Core.Tests.Chat;

public sealed class LanguageDetectorTests
{
    [Theory]
    [InlineData("en", "What is the capital of France?")]
    [InlineData("en", "Write a Python function that sorts a list by its second item.")]
    [InlineData("en", "Can you explain how transformers work?")]
    [InlineData("de", "Wie spät ist es in Tokio?")]
    [InlineData("de", "Schreibe mir bitte eine kurze Funktion, die eine Liste sortiert.")]
    [InlineData("de", "Was ist die Hauptstadt von Frankreich?")]
    [InlineData("fr", "Quelle est la capitale de la France ?")]
    [InlineData("fr", "Pourquoi le ciel est-il bleu pendant la journée et rouge le soir ?")]
    [InlineData("es", "¿Cuál es la capital de Francia?")]
    [InlineData("es", "Explica por qué el cielo es azul durante el día y rojo por la tarde.")]
    [InlineData("it", "Qual è la capitale della Francia?")]
    [InlineData("it", "Perché il cielo è azzurro di giorno e rosso la sera?")]
    [InlineData("pt", "Qual é a capital da França? Não sei onde fica.")]
    [InlineData("pt", "Por que o céu é azul durante o dia e vermelho no fim da tarde?")]
    [InlineData("nl", "Wat is de hoofdstad van Frankrijk?")]
    [InlineData("nl", "Waarom is de lucht overdag blauw en in de avond rood?")]
    [InlineData("pl", "Jaka jest stolica Francji?")]
    [InlineData("pl", "Dlaczego niebo jest niebieskie w dzień, a czerwone wieczorem?")]
    [InlineData("en", "Summarize the following article in three bullet points")]
    [InlineData("de", "Erzähl einen Witz")]
    [InlineData("fr", "Bonjour, comment ça va ?")]
    [InlineData("es", "Hola, ¿cómo estás?")]
    [InlineData("it", "Ciao, come stai?")]
    [InlineData("pt", "Olá, tudo bem?")]
    [InlineData("nl", "Hoe gaat het met je?")]
    [InlineData("pl", "Napisz wiersz o jesieni")]
    [InlineData("zh", "法国的首都是哪里？")]
    [InlineData("zh", "请用 Python 写一个排序函数。")]
    [InlineData("ja", "フランスの首都はどこですか。")]
    [InlineData("ja", "東京都知事選挙の結果について教えて")]
    [InlineData("ko", "프랑스의 수도는 어디입니까?")]
    [InlineData("ru", "Привет, как дела?")]
    [InlineData("ru", "Напиши функцию, которая сортирует список, и объясни, что она делает.")]
    [InlineData("uk", "Яка столиця Франції?")]
    [InlineData("ar", "ما هي عاصمة فرنسا؟")]
    [InlineData("he", "מהי בירת צרפת?")]
    [InlineData("el", "Ποια είναι η πρωτεύουσα της Γαλλίας;")]
    [InlineData("th", "เมืองหลวงของฝรั่งเศสคืออะไร")]
    [InlineData("hi", "फ्रांस की राजधानी क्या है?")]
    public void Of_Text_IsItsLanguage(string language, string text) => LanguageDetector.Of(text).ShouldBe(language);

    [Theory]
    [InlineData("")]
    [InlineData("17 * 23 = ?")]
    [InlineData("👍🏽 !!!")]
    [InlineData("Hello")]
    [InlineData("Paris Berlin Madrid Roma Lisboa")]
    [InlineData("for (int i = 0; i < n; i++) { sum += values[i]; }")]
    [InlineData("Was ist der Unterschied zwischen the and a in English?")]
    [InlineData("Kan du forklare hvordan dette virker for meg?")]
    [InlineData("Što je glavni grad Hrvatske i zašto?")]
    [InlineData("Hvad er hovedstaden i Frankrig, og hvorfor er det ikke Lyon?")]
    [InlineData("Vad är huvudstaden i Frankrike och varför är det inte Lyon?")]
    [InlineData("Care este capitala Franței și de ce nu este Lyon?")]
    [InlineData("Fransa'nın başkenti neresi ve neden Lyon değil?")]
    [InlineData("Jaké je hlavní město Francie a proč to není Lyon?")]
    [InlineData("Mikä on Ranskan pääkaupunki ja miksi se ei ole Lyon?")]
    [InlineData("Apa ibu kota Prancis dan mengapa bukan Lyon?")]
    [InlineData("Коя е столицата на Франция и защо не е Лион?")]
    [InlineData("Који је главни град Француске и зашто није Лион?")]
    [InlineData("Якая сталіца Францыі і чаму гэта не Ліён? Ў")]
    [InlineData("پایتخت فرانسه کجاست؟")]
    [InlineData("फ्रान्सची राजधानी कोणती आहे?")]
    [InlineData("What does 法国的首都是哪里 mean, and why is it there?")]
    public void Of_WhatCannotBeTold_IsNull(string text) => LanguageDetector.Of(text).ShouldBeNull();

    [Fact]
    public void Of_LongText_LooksAtItsBeginningOnly()
    {
        var text = string.Concat(Enumerable.Repeat("Was ist das und wie ist es? ", 80))[..LanguageDetector.MaxLength];

        LanguageDetector.Of(text + new string('中', 100_000)).ShouldBe("de");
    }

    [Fact]
    public void Of_AnyText_IsAKnownLanguageOrNullAndTheSameAgain() => Prop.ForAll<string?>(text =>
    {
        var guess = LanguageDetector.Of(text ?? "");
        return (guess is null || LanguageDetector.Languages.Contains(guess)) && guess == LanguageDetector.Of(text ?? "");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
}
