#!/bin/sh
# publish-layer.sh against an "aws" that writes down what it is asked: arguments, refusals, a dry run.
set -u
root=$(realpath "$(dirname "$0")/../..")
publish=$root/packaging/publish-layer.sh
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0

mkdir -p bin tree/extensions dull/extensions
printf '#!/bin/sh\necho "$*" >>"%s/asked"\ncase "$*" in *publish-layer-version*) printf "arn:aws:lambda:x:1:layer:n:7\\t7\\n" ;; esac\n' "$dir" >bin/aws
echo program >tree/extensions/nightjar
cp tree/extensions/nightjar dull/extensions/
chmod 755 bin/aws tree/extensions/nightjar
chmod 644 dull/extensions/nightjar
(cd tree && zip -qr ../nightjar-layer-x86_64.zip extensions && cp ../nightjar-layer-x86_64.zip ../nightjar-layer-arm64.zip)
(cd dull && zip -qr ../dull-x86_64.zip extensions)
cp nightjar-layer-x86_64.zip nameless.zip
PATH=$dir/bin:$PATH

problem() {
    echo "publish-layer: FAILED $*"
    failed=$((failed + 1))
}

# refuses WORDS ARGUMENT...: exit code 2, a message with these words, and AWS was not asked.
refuses() {
    words=$1
    shift
    rm -f asked
    sh "$publish" "$@" >out 2>err
    rc=$?
    [ $rc -eq 2 ] && grep -q "$words" err && [ ! -e asked ] || problem "$* left with $rc: $(cat err)"
}

refuses "which archive"
refuses "is not there" no-such-x86_64.zip
refuses "says neither" nameless.zip
refuses "no option --frobnicate" --frobnicate nightjar-layer-x86_64.zip
refuses "wants a value" nightjar-layer-x86_64.zip --region
refuses "wants a value" nightjar-layer-x86_64.zip --name ''
refuses "is no region" --region 'eu-central-1;id' nightjar-layer-x86_64.zip
refuses "is no region" --region everywhere nightjar-layer-x86_64.zip
refuses "letters, digits" --name 'a b' nightjar-layer-x86_64.zip
refuses "12 digits" --share 123 nightjar-layer-x86_64.zip
refuses "12 digits" --share '*' nightjar-layer-x86_64.zip
refuses "one archive at a time" nightjar-layer-x86_64.zip nightjar-layer-arm64.zip
refuses "no executable" dull-x86_64.zip

sh "$publish" --help | grep -q -- --dry-run || problem "--help"
rm -f asked
sh "$publish" --dry-run --region eu-central-1 --share all nightjar-layer-x86_64.zip >out 2>err && [ ! -e asked ] && [ ! -s out ] &&
    [ "$(grep -c 'would run: aws lambda' err)" -eq 2 ] || problem "a dry run: $(cat err)"
sh "$publish" --region eu-central-1 --region us-gov-west-1 --profile me --share 123456789012 nightjar-layer-arm64.zip >out 2>err || problem "two regions: $(cat err)"
[ "$(cat out)" = "$(printf 'arn:aws:lambda:x:1:layer:n:7\narn:aws:lambda:x:1:layer:n:7')" ] || problem "the ARNs: $(cat out)"
[ "$(wc -l <asked)" -eq 4 ] || problem "four calls: $(cat asked)"
grep -q "publish-layer-version --layer-name nightjar-arm64 --zip-file fileb://nightjar-layer-arm64.zip --compatible-architectures arm64.*--region us-gov-west-1 --profile me" asked ||
    problem "what is asked: $(cat asked)"
grep -q "add-layer-version-permission --layer-name nightjar-arm64 --version-number 7 .*--principal 123456789012 .*--region eu-central-1" asked ||
    problem "the permission: $(cat asked)"
[ $failed -eq 0 ]
