"""What a fan in a crisis is told: the platform's script, with the help lines of where the fan is."""

from __future__ import annotations

from gemelo.context.policy.context import PerLanguage
from gemelo.context.policy.parts import Crisis, Elsewhere, HelpLine
from gemelo.context.policy.stack import Stack
from gemelo.models.vocabulary import Language

MAX_SPOKEN = 700
"""Characters of a whole script (some 45 s of speech); nobody in a crisis listens to more."""
_LINES_SAID = 2


def crisis(stack: Stack, country: str) -> PerLanguage:
    """The script of each language as one text.

    Raises:
        BadLayer: there is none in a spoken language, it names no help, or it is too long to be spoken.
    """
    stated = stack.platform.document.crisis
    if stated is None:
        raise stack.platform.fault("no layer says what to tell a fan in a crisis")
    if country and country not in stated.help_lines:
        found = stack.nearest(lambda document: document.country)
        assert found, "a country comes from a layer"
        stack.warn(f"no help lines are known for {country}: those of elsewhere are said", found[1], "country")

    def script(language: Language) -> tuple[str, ...]:
        return (_script(stack, stated, country, language),)

    return stack.by_language(script)


def _script(stack: Stack, stated: Crisis, country: str, language: Language) -> str:
    path = ("crisis", "script", language)
    lines, elsewhere = stated.script.get(language, ()), stated.elsewhere.get(language)
    platform = stack.platform
    if not lines or elsewhere is None:
        raise platform.fault(f"nothing says what to tell a fan in a crisis in {language!r}", *path)
    text = " ".join(lines)
    for needed in ("{emergency}", "{help}"):
        if needed not in text:
            raise platform.fault(f"no sentence in {language!r} says {needed}", *path)
    fills = {
        "talent": stack.talent,
        "emergency": stated.emergency.get(country, elsewhere.emergency),
        "help": "; ".join(_help(stack, stated, elsewhere, country, language)),
    }
    said = stack.filled(text, stack.platform, *path, known=fills)
    if len(said) > MAX_SPOKEN:
        raise platform.fault(f"{len(said)} characters with its help lines; {MAX_SPOKEN} can be spoken", *path)
    stack.note(said, stack.platform, *path)
    return said


def _help(stack: Stack, stated: Crisis, elsewhere: Elsewhere, country: str, language: Language) -> list[str]:
    """The country's lines, those that speak the language first; or those of most of its speakers."""
    if here := stated.help_lines.get(country):
        spoken = [line for line in here if language in line.languages]
        if spoken:
            return [_line(line) for line in spoken[:_LINES_SAID]]
        return [*(_line(line) for line in here[:_LINES_SAID]), elsewhere.help]
    missing = set(elsewhere.countries) - stated.help_lines.keys()
    if missing:
        raise stack.platform.fault(
            f"no help lines are known for {', '.join(sorted(missing))}",
            *("crisis", "elsewhere", language, "countries"),
        )
    return [*(_line(stated.help_lines[abroad][0]) for abroad in elsewhere.countries), elsewhere.help]


def _line(line: HelpLine) -> str:
    return f"{line.name}, {line.number}"
