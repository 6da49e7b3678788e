"""The Python and JavaScript of host-adapters/verify/MIGRATING.md, run: each `verify` takes the good token of GitHub Actions in
tests/field, and refuses its neighbours."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
PAGE = HERE.parent.parent / "host-adapters/verify/MIGRATING.md"
FOLDER = HERE.parent / "field/issuers/github-actions"
SUBJECT = "repo:shop/orders:environment:prod"
TOKENS = {path.stem: path.read_text().strip() for path in sorted(FOLDER.glob("*.jwt"))}

HARNESS = """
for (const [name, token] of Object.entries(TOKENS)) {
  const said = await verify(token).catch((error) => `refused: ${error.code}`);
  console.log(`${name}\\t${said}`);
}
"""


def blocks(language):
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert found, f"{PAGE.name} has no {language}"
    return found


def by_python(block):
    names = {}
    exec(compile(block, PAGE.name, "exec"), names)
    said = {}
    for name, token in TOKENS.items():
        try:
            said[name] = names["verify"](token)
        except Exception as error:
            said[name] = f"refused: {type(error).__name__}"
    return said


def by_node(block):
    program = f"{block}\nconst TOKENS = {TOKENS!r};\n{HARNESS}"
    # Beside node_modules, where jose is found.
    with tempfile.NamedTemporaryFile("w", suffix=".mjs", dir=HERE / "node_modules") as file:
        file.write(program)
        file.flush()
        done = subprocess.run(["node", file.name], capture_output=True, text=True, check=True)
    return dict(line.split("\t", 1) for line in done.stdout.splitlines())


def main():
    os.chdir(FOLDER)
    wrong = []
    for language, run in (("python", by_python), ("js", by_node)):
        for block in blocks(language):
            for name, said in run(block).items():
                good = said == SUBJECT if name == "oidc-token" else said.startswith("refused")
                print(f"{language}: {name}: {said}")
                wrong += [] if good else [f"{language}: {name}: {said}"]
    assert len(TOKENS) == 4, TOKENS.keys()
    sys.exit("\n".join(wrong) or 0)


main()
