"""What run.sh starts: every template, Dockerfile, script, policy and workflow, by the tools of those who made the formats."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

import hcl2
import yaml

ROOT, TOOLS = sys.argv[1], sys.argv[2]
PACKAGING = os.path.join(ROOT, "packaging")
bad = 0


def say(good, what, detail=""):
    global bad
    bad += not good
    print(f"packaging: {'ok    ' if good else 'FAILED'} {what}", flush=True)
    if not good and detail:
        print("    " + detail.strip().replace("\n", "\n    "), flush=True)


def tool(what, *command, cwd=ROOT, env=None):
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    say(done.returncode == 0, what, done.stdout + done.stderr)
    return done.returncode == 0


def without(what):
    print(f"packaging: left out {what}", flush=True)


def files(folder, *endings):
    out = []
    for base, _, names in os.walk(os.path.join(PACKAGING, folder)):
        out += [os.path.join(base, n) for n in sorted(names) if not endings or n.endswith(endings)]
    return sorted(out)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def known_variables():
    text = read(os.path.join(ROOT, "include", "nightjar", "options.def"))
    return set(re.findall(r'"(NIGHTJAR_[A-Z_]+)"', text))


def variables(options):
    """No template sets a variable that nightjar does not know: a misspelt one would only be noticed in production."""
    seen = 0
    for path in files("") + [os.path.join(ROOT, ".github", "workflows", "release.yml")]:
        if path.endswith((".json", ".zip", ".py")) or os.path.relpath(path, PACKAGING).startswith("layer" + os.sep):
            continue
        used = set(re.findall(r"\bNIGHTJAR_[A-Z_]*[A-Z]\b", read(path)))
        strange = {u for u in used if u not in options and not re.match(r"NIGHTJAR_SINK_[A-Z]+_(TOKEN|HEADERS|ONLY)$", u)}
        seen += len(used)
        if used:
            say(not strange, f"variables of {os.path.relpath(path, ROOT)} exist", ", ".join(sorted(strange)))
    say(seen > 10, "the templates do set variables")


def sam():
    template = os.path.join(PACKAGING, "sam", "template.yaml")
    tool("sam/template.yaml: cfn-lint", "cfn-lint", "--non-zero-exit-code", "warning", template)
    if os.path.exists(os.path.join(TOOLS, "sam", ".whole")):
        env = dict(os.environ, SAM_CLI_TELEMETRY="0", AWS_DEFAULT_REGION="eu-central-1")
        program = os.path.join(TOOLS, "sam", "bin", "sam")
        tool("sam/template.yaml: sam validate", program, "validate", "--template", template, env=env)
        tool("sam/template.yaml: sam validate --lint", program, "validate", "--lint", "--template", template, env=env)
    else:
        without("sam/template.yaml: sam validate: the SAM command line could not be installed")
    python = compile(read(os.path.join(PACKAGING, "sam", "app", "app.py")), "app.py", "exec")
    space = {"__name__": "app"}
    exec(python, space)  # our own file
    event = {"body": json.dumps({"email": "jane@example.com", "password": "long enough, this one"})}
    say(space["handler"](event, None)["statusCode"] == 200 and space["handler"]({"body": "{"}, None)["statusCode"] == 400,
        "sam/app/app.py answers as it should")


def blocks(document, kind):
    return {name.strip('"'): body for part in document.get(kind, []) for name, body in part.items()}


def terraform():
    parsed = {}
    for path in files("terraform", ".tf"):
        try:
            parsed[path] = hcl2.loads(read(path))
            say(True, f"{os.path.relpath(path, PACKAGING)}: parses")
        except Exception as e:  # any of the parser's
            say(False, f"{os.path.relpath(path, PACKAGING)}: parses", str(e))
    folder = os.path.join(PACKAGING, "terraform")
    module = {}
    for path in (p for p in parsed if os.path.dirname(p) == folder):
        for kind, parts in parsed[path].items():
            module.setdefault(kind, []).extend(parts if isinstance(parts, list) else [parts])
    declared, outputs = set(blocks(module, "variable")), set(blocks(module, "output"))
    text = "".join(read(p) for p in parsed if os.path.dirname(p) == folder)
    used = set(re.findall(r"\bvar\.([a-z_]+)", text))
    say(used == declared, "terraform: every variable is declared and used", f"declared {sorted(declared)}, used {sorted(used)}")
    example = os.path.join(folder, "examples", "function", "main.tf")
    call = next(body for body in (b for p in parsed[example]["module"] for b in p.values()))
    given = {k for k in call if k != "source" and not k.startswith("__")}
    say(given <= declared and "layer_zip" in given, "terraform: the example gives what the module takes", str(given - declared))
    wanted = set(re.findall(r"module\.nightjar\.([a-z_]+)", read(example)))
    say(wanted <= outputs, "terraform: the example takes what the module gives", str(wanted - outputs))
    program = shutil.which("terraform") or shutil.which("tofu")
    if program is None:
        without("terraform fmt and validate: neither terraform nor tofu is here")
        return
    tool("terraform: laid out as fmt does", program, "fmt", "-check", "-diff", "-recursive", folder)
    with tempfile.TemporaryDirectory() as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        done = subprocess.run([program, "init", "-backend=false", "-input=false"], cwd=copy, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            tool("terraform: validate", program, "validate", cwd=copy)
        else:
            without("terraform validate: the AWS provider cannot be had here")


def cdk():
    folder = os.path.join(TOOLS, "cdk")
    if not os.path.exists(os.path.join(folder, "node_modules", ".whole")):
        return without("cdk: npm or its registry is not there")
    for source in (os.path.join(PACKAGING, "cdk", "nightjar.ts"), os.path.join(ROOT, "tests", "packaging", "cdk", "app.ts")):
        shutil.copy(source, folder)
    if not tool("cdk/nightjar.ts: compiles strictly", os.path.join(folder, "node_modules", ".bin", "tsc"), "-p", ".", cwd=folder):
        return None
    with tempfile.TemporaryDirectory() as out:
        archive = os.path.join(out, "nightjar-layer-x86_64.zip")
        with zipfile.ZipFile(archive, "w") as z:
            z.writestr("extensions/nightjar", "")
        if not tool("cdk/nightjar.ts: synthesizes", "node", "out/app.js", archive, os.path.join(out, "cdk.out"), cwd=folder):
            return None
        template = json.loads(read(os.path.join(out, "cdk.out", "Sample.template.json")))
    fn = next(r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::Function")
    layer = next(n for n, r in template["Resources"].items() if r["Type"] == "AWS::Lambda::LayerVersion")
    say(fn["Layers"] == [{"Ref": layer}], "cdk: the function has the layer", json.dumps(fn))
    want = {"NIGHTJAR_SINK": "https://logs.example.com/in", "NIGHTJAR_CAPTURE": "metadata", "NIGHTJAR_FLUSH": "end",
            "AWS_LAMBDA_EXEC_WRAPPER": "/opt/nightjar-capture"}
    say(fn["Environment"]["Variables"] == want, "cdk: and its variables", json.dumps(fn["Environment"]))
    return None


class Tagged(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


Tagged.add_multi_constructor("!", lambda loader, suffix, node: {suffix: loader.construct_scalar(node)})


def serverless():
    document = yaml.load(read(os.path.join(PACKAGING, "serverless", "serverless.yml")), Tagged)
    known = {"service", "frameworkVersion", "provider", "package", "layers", "functions"}
    say(set(document) == known, "serverless.yml: the sections it should have", str(set(document) ^ known))
    layer = document["layers"]["nightjar"]
    say(set(layer) <= {"name", "description", "compatibleArchitectures", "licenseInfo", "retain", "package"} and
        list(layer["package"]) == ["artifact"], "serverless.yml: the layer's keys are the framework's", str(set(layer)))
    say(document["provider"]["layers"] == [{"Ref": "NightjarLambdaLayer"}], "serverless.yml: the reference is the name the framework makes")
    say(document["provider"]["environment"]["AWS_LAMBDA_EXEC_WRAPPER"] == "/opt/nightjar-capture", "serverless.yml: the wrapper's path")
    program = os.path.join(TOOLS, "serverless", "node_modules", "osls", "bin", "serverless.js")
    if not os.path.exists(os.path.join(TOOLS, "serverless", "node_modules", ".whole")):
        return without("serverless.yml: the framework could not be installed")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "serverless.yml"), "w", encoding="utf-8") as f:
            f.write(read(os.path.join(PACKAGING, "serverless", "serverless.yml")) + "\nconfigValidationMode: error\n")
        env = dict(os.environ, SLS_TELEMETRY_DISABLED="1", AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_EC2_METADATA_DISABLED="true")
        tool("serverless.yml: the framework takes it, strictly", "node", program, "print", cwd=folder, env=env)
    return None


def containers():
    for path in files("container"):
        name = os.path.basename(path)
        tool(f"container/{name}: hadolint", "hadolint", path)
        shell = "scratch" not in name and "distroless" not in name
        say(("/opt/nightjar-capture" in read(path)) == shell, f"container/{name}: the wrapper where there is a shell, nowhere else")


def policies():
    for path in files("iam", ".json"):
        document = json.loads(read(path))
        good = set(document) == {"Version", "Statement"} and document["Version"] == "2012-10-17"
        for s in document["Statement"]:
            actions = s["Action"] if isinstance(s["Action"], list) else [s["Action"]]
            good = good and set(s) == {"Effect", "Action", "Resource"} and s["Effect"] == "Allow" and s["Resource"].startswith("arn:aws:")
            good = good and all(re.fullmatch(r"[a-z]+:[A-Z][A-Za-z]+", a) for a in actions)  # no wild cards
        say(good, f"iam/{os.path.basename(path)}: allows named actions on named resources")
    table = read(os.path.join(PACKAGING, "iam", "README.md"))
    say(all(os.path.basename(p) in table for p in files("iam", ".json")), "iam/README.md names them all")


def scripts():
    paths = files("", ".sh") + [os.path.join(ROOT, "extension", "nightjar-capture")]
    paths += [os.path.join(ROOT, "tests", d, n) for d in ("layer", "packaging") for n in sorted(os.listdir(os.path.join(ROOT, "tests", d)))
              if n.endswith(".sh")]
    tool(f"{len(paths)} shell scripts: shellcheck", "shellcheck", "-s", "sh", *paths)


def workflows():
    path = os.path.join(ROOT, ".github", "workflows", "release.yml")
    if shutil.which("actionlint"):
        tool("release.yml: actionlint", "actionlint", path)
    else:
        without("release.yml: go or its module proxy is not there for actionlint")
    targets = set(re.findall(r"^([a-z-]+):", read(os.path.join(ROOT, "Makefile")), re.M))
    asked = set(re.findall(r"\bmake ([a-z-]+)", read(path))) - {"python"}
    say(asked <= targets and "layer-relink-kit" in asked, "release.yml: asks make for what there is", str(asked - targets))


def bills():
    """The bills of materials of the layers that were built here."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from spdx_tools.spdx.parser.parse_anything import parse_file
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
    for arch in ("x86_64", "arm64"):
        archive = os.path.join(ROOT, "build", f"nightjar-layer-{arch}.zip")
        if not os.path.exists(archive):
            without(f"bills of materials of {arch}: make layer ARCH={arch} has not been run")
            continue
        with zipfile.ZipFile(archive) as z, tempfile.TemporaryDirectory() as folder:
            error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(z.read("nightjar/sbom.cdx.json").decode())
            say(error is None, f"{arch}: CycloneDX 1.5, strictly", str(error))
            z.extract("nightjar/sbom.spdx.json", folder)
            messages = validate_full_spdx_document(parse_file(os.path.join(folder, "nightjar", "sbom.spdx.json")), "SPDX-2.3")
            say(not messages, f"{arch}: SPDX 2.3", "\n".join(m.validation_message for m in messages))


def main():
    variables(known_variables())
    for step in (sam, terraform, cdk, serverless, containers, policies, scripts, workflows, bills):
        step()
    done = subprocess.run(["sh", os.path.join(ROOT, "tests", "packaging", "publish.sh")], check=False)
    say(done.returncode == 0, "publish-layer.sh")
    print("packaging: " + (f"{bad} failed" if bad else "passed"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
