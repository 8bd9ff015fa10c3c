#!/bin/bash
# Verifies an archive segment with tar, zstd, sha256sum and openssl alone:
#   verify-segment.sh SEGMENT LOG-KEY AUTHORITIES [FOLDER]
# LOG-KEY holds the verifier key of the log (name+id+key), AUTHORITIES the certificates (PEM) of the time-stamping
# authority's chain, root included; both come from elsewhere, not from the archive. FOLDER is where the segment is
# unpacked; it must be empty.
set -euo pipefail
segment=$1 logkey=$2 authorities=$3 work=${4:-.}
cd "$work"

# Every member is packed apart, and frames put together are one file.
zstd -dqc -- "$segment" | tar -x

# Each file is in the manifest, one line each, with its hash; nothing else may be there.
listed='' sums=''
while IFS= read -r line; do
  if [[ $line =~ \"name\":\"([^\"]+)\",\"sha256\":\"([0-9a-f]{64})\" ]]; then
    listed+="${BASH_REMATCH[1]}"$'\n'
    sums+="${BASH_REMATCH[2]}  ${BASH_REMATCH[1]}"$'\n'
  fi
done < MANIFEST.json
sha256sum --check --strict --quiet <<< "${sums%$'\n'}"
found=$(zstd -dqc -- "$segment" | tar -t)
[[ $found == "${listed}MANIFEST.json"$'\n'"MANIFEST.tst" ]] || { echo 'other files than the manifest names' >&2; exit 1; }

# The time-stamp (RFC 3161) says when the manifest was there.
openssl ts -verify -data MANIFEST.json -in MANIFEST.tst -token_in -CAfile "$authorities" >/dev/null 2>&1 || { echo 'the time-stamp is not good' >&2; exit 1; }

# The checkpoint is signed by the log: Ed25519 over the lines before the empty one (C2SP signed-note).
hex() { # base64 to hexadecimal
  local digits=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/ bits=0 held=0 before at out=''
  for ((at = 0; at < ${#1}; at++)); do
    [[ ${1:at:1} == '=' ]] && break
    before=${digits%%"${1:at:1}"*}
    bits=$(((bits << 6 | ${#before}) & 0x3fff)) held=$((held + 6))
    if ((held >= 8)); then
      held=$((held - 8))
      printf -v out '%s%02x' "$out" $((bits >> held & 0xff))
    fi
  done
  printf '%s' "$out"
}
octets() { # hexadecimal to octets
  local at
  for ((at = 0; at < ${#1}; at += 2)); do printf "\\x${1:at:2}"; done
}
IFS=+ read -r name id key < "$logkey" || [[ -n $key ]]
text='' signature='' isText=1
while IFS= read -r line; do
  if [[ -z $line ]]; then
    isText=''
  elif [[ -n $isText ]]; then
    text+="$line"$'\n'
  elif [[ $line == "— $name "* ]]; then
    found=$(hex "${line##* }")
    if [[ ${found:0:8} == "$id" ]]; then signature=${found:8}; fi
  fi
done < checkpoint
key=$(hex "$key")
printf '%s' "$text" > checkpoint.text
octets "$signature" > checkpoint.signature
octets "302a300506032b6570032100${key:2}" > log-key.der
openssl pkeyutl -verify -pubin -keyform DER -inkey log-key.der -rawin -in checkpoint.text -sigfile checkpoint.signature >/dev/null
echo good
