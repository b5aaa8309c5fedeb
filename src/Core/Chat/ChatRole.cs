namespace Ensemble.Chat;

public enum ChatRole
{
    System,
    Developer,
    User,
    Assistant,
    Tool,
}
