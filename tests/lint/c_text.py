"""A C file seen as code and as string literals: enough for the lint tests, no more."""

import re

# In this order: a comment may hold quotes and a string may hold comment marks.
_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
      |(?P<string>"(?:\\.|[^"\\\n])*")
      |(?P<char>'(?:\\.|[^'\\\n])*')""",
    re.S | re.X,
)


def code_only(text):
    """The text with comments, strings and characters blanked; lines stay where they are."""

    def blank(match):
        inner = re.sub(r"[^\n]", " ", match.group())
        return '""' + inner[2:] if match.lastgroup == "string" else inner

    return _TOKEN.sub(blank, text)


def literals(text):
    """(line, content) of each string; strings that the compiler would join are joined."""
    found = []
    end = None
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "comment":
            continue
        if match.lastgroup == "char":
            end = None
            continue
        body = match.group()[1:-1]
        between = text[end : match.start()] if end is not None else "x"
        joined = _TOKEN.sub(" ", between).strip() == "" or re.fullmatch(
            r"[\s\\]*PRI\w+[\s\\]*", between
        )
        if joined and found:
            found[-1] = (found[-1][0], found[-1][1] + body)
        else:
            found.append((text.count("\n", 0, match.start()) + 1, body))
        end = match.end()
    return found


def includes(text):
    """(line, name, system) of each include directive, those in comments left out."""
    code = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)
    return [
        (number, match.group(2), match.group(1) == "<")
        for number, line in enumerate(code.split("\n"), 1)
        if (match := re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line))
    ]
