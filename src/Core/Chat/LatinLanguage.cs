using System.Collections.Frozen;

namespace Ensemble.Chat;

/// <summary>
/// Tells languages of the Latin script by frequent words. A word counts the less the more languages have it. Some languages
/// are known only so that they are not taken for one of those that can be told.
/// </summary>
internal static class LatinLanguage
{
    /// <summary>What a word counts that only one language has.</summary>
    private const int Unique = 12;

    /// <summary>One such word and a half are too few to be sure.</summary>
    private const int MinScore = Unique * 3 / 2;

    private static readonly (string Language, bool IsDetected, string Vocabulary)[] Lists =
    [
        ("en", true, "the of and to is in what that how for are you with this it was be can not please explain write why which who when where does do your from have an my me i a at on or by its if into about between following these those they them their there were has been will would should could then than but so summarize translate create give tell list find help using make get hello thanks should"),
        ("de", true, "der die das und ist nicht wie ein eine einen einem einer zu mit auf für von was ich du sie wir es den dem des im bitte warum wer wo wann welche kann wird sind auch als oder aber über mir schreibe erkläre hauptstadt hallo danke schön guten gut bin bist hast hat habe haben mein meine dein unser ihr ihre erzähl erzähle schreib gib zeige übersetze zwischen nach bei noch nur wenn dann dass diese dieser dieses zum zur vom kannst gibt"),
        ("fr", true, "le la les des et est une un du que qui dans pour sur pas avec ce cette vous je il elle nous sont quelle quel quels comment pourquoi où au aux ne se plus par mon votre quoi explique écris merci moi en de à bonjour ça va suis es sommes êtes ont été être avoir fait faire peux peut dis donne résume traduis texte entre mais ou donc si leur ses son sa ces écrivez d l"),
        ("es", true, "el la los las y es una un del que en para por con no se cómo qué cuál cuáles dónde cuándo quién está son su lo como más pero este esta mi me te hay escribe explica por favor gracias eres al de a hola buenos estás estoy soy somos fue hacer haz puede puedes dame resume traduce entre si sus nos muy sin sobre desde hasta cuando donde tengo tiene"),
        ("it", true, "il la gli le e è una un di che in per con non come cosa qual quale perché dove quando chi sono del della nel nella si questo questa mi ti lo da dei delle anche più o ma scrivi spiega grazie a i al sei puoi mia tuo ciao stai sto siamo fare fai può dammi riassumi traduci tra fra se suo sua nostro molto senza su dal dalla alla uno cos c l"),
        ("pt", true, "o os as e é uma um do da dos das que em para por com não se como qual quais onde quando quem são está no na nos mais mas este esta meu minha eu você seu sua ao por isso escreva explique obrigado de a é ser foi olá obrigada tudo bem estou estás somos fazer faça pode posso dê resuma traduza entre seus nós muito sem sobre desde até tenho tem isto pelo pela"),
        ("nl", true, "de het een en is van dat niet in op te zijn met voor wat hoe waarom wie waar ik je jij hij wij we deze dit er aan om ook als bij naar uit kan wordt welke schrijf leg mij mijn of die heeft alstublieft hallo dank goed gaat ben bent heb hebt hebben kun kunt geef vertel vertaal samenvatting tussen maar dan dus hun haar onze heel zonder over vanaf tot geen veel meer"),
        ("pl", true, "i w na nie się jest że z do to jak co czy jaka jaki jakie dla od po ale który która które są gdzie kiedy dlaczego kto proszę mi mnie ten ta tego oraz przez napisz wyjaśnij o a za być może ma cześć dziękuję dzień dobry jestem jesteś mam masz możesz opowiedz podaj przetłumacz streść między więc ich jej jego bardzo bez wiersz tekst tej tym"),
        ("da", false, "og det er til som på for at af ikke jeg med den de har vi kan du hvad hvor hvordan en et i om men fra der var sig min skriv hvorfor når eller skal hej tak god fortæl mellem så dens mit din dit hun han kunne ville være efter uden over mere"),
        ("sv", false, "och det att är som på för inte jag med av till den de har vi kan du vad hur en ett i om men från var sig min skriv varför när eller ska detta hej tack bra berätta mellan så dess mitt din ditt hon han kunde vill vara efter utan över mer"),
        ("ro", false, "și si este nu în că cu pe care un o la din ce sunt cum de pentru mai unde când cine al ale a am îmi îl bună mulțumesc bine scrie între dar foarte fără sau fost eu tu lui ei"),
        ("ca", false, "el la els les i és que amb per un una de no com què quina on quan qui al del en es són ho em aquest aquesta hola gràcies bé escriu entre però molt sense sobre si estic tinc té fer"),
        ("cs", false, "je a na že se to jak co v s z pro jsem které která který není jsou do ve kde kdy proč kdo si mi nebo ale by ahoj děkuji dobrý napiš mezi velmi bez"),
        ("tr", false, "ve bir bu için ne ile mi mı nedir nasıl neden nerede kim çok daha ben sen o da de var değil olan olarak"),
        ("id", false, "yang dan di ini itu untuk dengan adalah apa saya bagaimana dari ke tidak mengapa siapa pada dalam akan ada bisa tolong"),
        ("fi", false, "ja on ei että se mikä kuin mitä miten missä minä sinä ovat oli mutta tai joka kun hän tämä"),
        ("hu", false, "az és hogy nem egy mi van a ez is hol mikor miért ki mit milyen de csak meg el kell volt"),
        ("vi", false, "là và của có không những được cho một các này với người trong gì như thế nào tôi bạn tại sao"),
    ];

    private static readonly FrozenDictionary<string, int[]> Vocabulary = Index();

    public static string? Of(ReadOnlySpan<char> text)
    {
        var lookup = Vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<int> scores = stackalloc int[Lists.Length];
        scores.Clear();
        Span<char> lower = stackalloc char[WordEnumerator.MaxWord];
        var words = 0;
        while (WordEnumerator.Next(ref text, out var word))
        {
            words++;
            if (word.Length > WordEnumerator.MaxWord || !lookup.TryGetValue(lower[..word.ToLowerInvariant(lower)], out var languages))
            {
                continue;
            }

            foreach (var language in languages)
            {
                scores[language] += Unique / languages.Length;
            }
        }

        var (best, second) = (0, -1);
        for (var language = 1; language < scores.Length; language++)
        {
            if (scores[language] > scores[best])
            {
                (best, second) = (language, best);
            }
            else if (second < 0 || scores[language] > scores[second])
            {
                second = language;
            }
        }

        // Of a list of names or a program too few words are any language's.
        var isSure = scores[best] >= MinScore && scores[best] * 2 >= scores[second] * 3 && scores[best] >= words;
        return isSure && Lists[best].IsDetected ? Lists[best].Language : null;
    }

    private static FrozenDictionary<string, int[]> Index() => Lists
        .SelectMany((list, index) => list.Vocabulary.Split(' ').Distinct().Select(word => (Word: word, Language: index)))
        .GroupBy(entry => entry.Word, entry => entry.Language)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
}
