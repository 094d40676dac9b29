#!/bin/sh
# Publishes the layer to an AWS account, in one or several regions, with the plain AWS command line.
set -eu

usage() {
    cat <<'TEXT'
usage: packaging/publish-layer.sh [OPTION]... ARCHIVE.zip

Publishes nightjar-layer-x86_64.zip or nightjar-layer-arm64.zip as a new version of a layer and prints its ARN, one line a region.

  --name NAME        name of the layer; nightjar-x86_64 or nightjar-arm64 unless told otherwise
  --region REGION    where; may be given several times (by default the region the AWS command line is set to)
  --profile PROFILE  credentials to use
  --share ACCOUNT    let another account (12 digits), or "all", use the version
  --dry-run          check everything, print the commands, change nothing
  --help             this text

Needs the AWS command line (v2) and the permissions in packaging/iam/publish-layer.json. Attach the printed ARN to a function with
  aws lambda update-function-configuration --function-name FUNCTION --layers ARN
TEXT
}

fail() {
    echo "publish-layer: $*" >&2
    exit 2
}

value() {
    [ $# -ge 2 ] && [ -n "$2" ] || fail "$1 wants a value; --help explains"
}

name='' regions='' profile='' share='' dry='' archive=''
while [ $# -gt 0 ]; do
    case "$1" in
    --name | --region | --profile | --share)
        value "$@"
        case "$1" in
        --name) name=$2 ;;
        --region) regions="$regions $2" ;;
        --profile) profile=$2 ;;
        --share) share=$2 ;;
        esac
        shift
        ;;
    --dry-run) dry=yes ;;
    --help | -h)
        usage
        exit 0
        ;;
    -*) fail "there is no option $1; --help lists them" ;;
    *)
        [ -z "$archive" ] || fail "one archive at a time, not also $1"
        archive=$1
        ;;
    esac
    shift
done

[ -n "$archive" ] || fail "which archive? --help explains"
[ -f "$archive" ] || fail "$archive is not there; make layer builds it"
case "${archive##*/}" in
*x86_64*) arch=x86_64 ;;
*arm64*) arch=arm64 ;;
*) fail "the name of $archive says neither x86_64 nor arm64" ;;
esac
name=${name:-nightjar-$arch}
case "$name" in
*[!A-Za-z0-9_-]*) fail "a layer's name has letters, digits, - and _ only: $name" ;;
esac
[ ${#name} -le 64 ] || fail "a layer's name has at most 64 characters: $name"
for region in $regions; do
    case "$region" in
    [a-z][a-z]-*-[0-9] | [a-z][a-z]-*-[0-9][0-9]) ;;
    *) fail "$region is no region (such as eu-central-1)" ;;
    esac
done
case "$share" in
'') ;;
all) principal='*' ;;
*[!0-9]*) fail "--share wants an account of 12 digits, or all: $share" ;;
*)
    [ ${#share} -eq 12 ] || fail "--share wants an account of 12 digits, or all: $share"
    principal=$share
    ;;
esac
# A file that Lambda could not start would fail every function it is attached to.
command -v unzip >/dev/null || fail "unzip is needed to look into the archive"
unzip -Z "$archive" extensions/nightjar 2>/dev/null | grep -q '^-rwxr-xr-x' || fail "$archive holds no executable extensions/nightjar"
size=$(wc -c <"$archive")
[ "$size" -le 50000000 ] || fail "$archive is larger than Lambda takes ($size bytes)"
[ -n "$dry" ] || command -v aws >/dev/null || fail "the AWS command line is needed: https://aws.amazon.com/cli/"

aws_call() {
    if [ -n "$dry" ]; then
        printf 'would run: aws' >&2
        printf ' %s' "$@" >&2
        echo >&2
        return
    fi
    aws "$@"
}

publish() {
    region=$1
    set -- --output text ${region:+--region "$region"} ${profile:+--profile "$profile"}
    answer=$(aws_call lambda publish-layer-version --layer-name "$name" --zip-file "fileb://$archive" --compatible-architectures "$arch" \
        --license-info Apache-2.0 --description "nightjar: redacted logs with when, where, who and what" --query "[LayerVersionArn,Version]" "$@")
    [ -z "$dry" ] || answer="arn:of:the:new:version N"
    # shellcheck disable=SC2086 # two words
    set -- $answer "$@"
    arn=$1 version=$2
    shift 2
    if [ -n "$share" ]; then
        aws_call lambda add-layer-version-permission --layer-name "$name" --version-number "$version" --statement-id "share-$share" \
            --action lambda:GetLayerVersion --principal "$principal" "$@" >/dev/null
    fi
    [ -n "$dry" ] || echo "$arn"
}

if [ -z "$regions" ]; then
    publish ''
else
    for one in $regions; do
        publish "$one"
    done
fi
