"""Function words: those of a question that say nothing of its subject; English, Russian, Kazakh.

Closed classes alone (articles, pronouns, prepositions, conjunctions, auxiliaries, questions); no
word that can name a subject. Words are folded.
"""

from __future__ import annotations

from functools import cache

from indexer.analysis.analyzer import CYRILLIC, fold, stem

ENGLISH = """
    a an the
    i me my myself we our ours ourselves you your yours yourself yourselves he him his himself
    she her hers herself it its itself they them their theirs themselves one's
    this that these those there here
    who whom whose which what when where why how much many whoever whatever whichever
    someone somebody something anyone anybody anything everyone everybody everything nobody nothing
    about above across after against along amid among around as at before behind below beneath
    beside besides between beyond by concerning despite down during except for from in inside into
    near of off on onto out over per regarding since through throughout till to toward towards
    under until up upon via with within without
    and or nor but if because although though while whereas whether than so yet
    am is are was were be been being do does did doing done have has had having
    can could may might must shall should will would ought cannot
    not no all any both each every few more most other another some such own same too very only
    just also even ever again then once now still
    isn't aren't wasn't weren't don't doesn't didn't haven't hasn't hadn't won't wouldn't can't
    couldn't shouldn't it's that's there's what's who's let's i'm you're we're they're i've we've
    they've
"""
RUSSIAN = """
    и а но или либо да же ли бы не ни то как что чтобы чтоб если хотя потому поэтому также тоже
    в во на над под при про по с со к ко о об обо от ото из изо у за до для без через между перед
    после около вокруг среди против ради кроме вместо сквозь согласно
    я меня мне мной мы нас нам нами ты тебя тебе тобой вы вас вам вами он его ему им нем она ее ей
    ею ней оно они их ими них него нему ним свой своя свое свои своего своей своих своим
    себя себе собой мой моя мое мои наш наша наше наши твой ваш ваша ваше ваши
    этот эта это эти этого этой этих этому этим тот та те того той тех тому тем такой такая такое
    такие весь вся все всех всего всей всем
    кто кого кому кем что чего чему чем какой какая какое какие каких какого который которая
    которое которые которых которого которой где куда откуда когда почему зачем сколько чей
    быть был была было были будет будут есть
    уже еще только лишь даже вот там тут здесь так очень более менее самый самая самые
"""
KAZAKH = """
    және мен бен пен да де та те немесе не я бірақ алайда сондықтан өйткені егер ма ме ба бе па пе
    үшін туралы жайлы бойынша арқылы дейін кейін соң бұрын шейін қарай сияқты секілді ретінде
    қарсы бері ішінде арасында
    мен менің маған мені сен сенің біз біздің бізге сіз сіздің сізге ол оның оған оны олар олардың
    оларға оларды өз өзі өзінің бұл мұның бұған бұны осы осының сол соның мына анау барлық бәрі
    кім кімнің кімге кімді не нені неге қандай қай қайда қайдан қашан қанша қалай неліктен неше
    бар жоқ емес еді екен болып болды болған болады болатын бола деп деген тек ғана тағы өте ең
"""
OF = {
    name: frozenset(words.split())
    for name, words in (("en", ENGLISH), ("ru", RUSSIAN), ("kk", KAZAKH))
}


@cache
def function_terms() -> frozenset[str]:
    """The words of all three languages, and their stems, as an index has them."""
    return frozenset(
        term
        for language, words in OF.items()
        for word in words
        for term in (word, stem(word, language))
    )


def is_function_word(typed: str, languages: tuple[str, ...]) -> bool:
    """Whether a word is one, in any of a query's languages; without any, in those of its script.

    A word in capitals is a name ("IT", "WHO").
    """
    word = fold(typed)
    if len(typed) > 1 and typed.isupper():
        return False
    chosen = languages or (("ru", "kk") if CYRILLIC.search(word) else ("en",))
    return any(word in OF.get(each, ()) for each in chosen)
