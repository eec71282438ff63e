"""A Salesforce CLI that notes what it is asked and answers from a file.

FAKE_SF names a folder: `calls.jsonl` gets {arguments, stdin, environment} of each call,
`answers.json` holds the org: {version, queries, deploy, apex, rest, unlicensed, down}. REST calls
go to the simulated org at `rest.url`; assignments are remembered.
"""

import json
import os
import sys

FOLDER = os.environ["FAKE_SF"]
ASSIGNED = f"{FOLDER}/assigned.jsonl"
with open(f"{FOLDER}/answers.json") as opened:
    ANSWERS = json.load(opened)
ARGUMENTS = sys.argv[1:]
STDIN = "" if sys.stdin.isatty() else sys.stdin.read()


def option(name):
    return ARGUMENTS[ARGUMENTS.index(name) + 1] if name in ARGUMENTS else None


def say(answer):
    answer = {"status": int("result" not in answer)} | answer
    print(json.dumps(answer))
    sys.exit(answer["status"])


def query(soql):
    sobject = soql.split(" FROM ")[1].split()[0]
    records = list(ANSWERS["queries"].get(sobject, []))
    if sobject == "PermissionSetAssignment":
        with open(ASSIGNED, "a+") as kept:
            kept.seek(0)
            records += [json.loads(line) for line in kept]
    say({"result": {"records": records}})


def create():
    values = dict(each.split("=") for each in option("--values").replace("'", "").split())
    if values.get("AssigneeId") in ANSWERS.get("unlicensed", []):
        say({"name": "LICENSE", "message": "This user's licence does not allow it"})
    with open(ASSIGNED, "a") as kept:
        kept.write(json.dumps(values) + "\n")
    say({"result": {"id": "0Pa000000000001", "success": True}})


def rest():
    path, rest_answers = ARGUMENTS[3], ANSWERS["rest"]
    if path in rest_answers:
        status, body = rest_answers[path]
        text = json.dumps(body, indent=2)
    else:
        import urllib.error  # takes longer than everything else here
        import urllib.request

        request = urllib.request.Request(
            rest_answers["url"] + path,
            data=STDIN.encode() if option("--body") == "-" else None,
            method=option("--method"),
            headers={
                "Authorization": "Bearer " + rest_answers["token"],
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(request) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            status, text = refused.code, refused.read().decode()
    print(f"HTTP/1.1 {status}\ncontent-type: application/json\n{text}")
    sys.exit(int(status >= 400))


with open(f"{FOLDER}/calls.jsonl", "a") as calls:
    noted = {"arguments": ARGUMENTS, "stdin": STDIN, "environment": dict(os.environ)}
    calls.write(json.dumps(noted) + "\n")

if ARGUMENTS == ["--version"]:
    print(ANSWERS["version"])
elif ANSWERS.get("down"):
    say({"name": "NamedOrgNotFoundError", "message": ANSWERS["down"]})
elif ARGUMENTS[:2] == ["data", "query"]:
    query(option("--query"))
elif ARGUMENTS[:3] == ["data", "create", "record"]:
    create()
elif ARGUMENTS[:3] == ["api", "request", "rest"]:
    rest()
elif ARGUMENTS[:3] == ["project", "deploy", "start"]:
    say(ANSWERS["deploy"])
elif ARGUMENTS[:2] == ["apex", "run"]:
    say({"result": {"success": True, "logs": ANSWERS["apex"][os.path.basename(option("--file"))]}})
