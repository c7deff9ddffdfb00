#!/usr/bin/env bash
# Makes an authority of its own and a certificate for each node and for the administrator, in certificates/.
set -euo pipefail
cd "${1:-$(dirname "$0")}"
test ! -e certificates || { echo "certificates/ is there already; remove it to make new ones" >&2; exit 1; }
umask 077
mkdir -p certificates/authority certificates/admin
authority=certificates/authority
days=1095
openssl req -x509 -newkey rsa:3072 -nodes -days "$days" -subj "/O=Communique/CN=authority" \
  -keyout "$authority/ca-key.pem" -out "$authority/ca.pem" 2>/dev/null

# sign FOLDER FILE NAME EXTENSIONS: a key in PKCS#8, as OpenSearch wants it, and its certificate
sign() {
  openssl req -new -newkey rsa:3072 -nodes -subj "/O=Communique/CN=$3" \
    -keyout "$1/$2-key.pem" -out "$1/$2.csr" 2>/dev/null
  openssl x509 -req -days "$days" -in "$1/$2.csr" -CA "$authority/ca.pem" -CAkey "$authority/ca-key.pem" \
    -CAcreateserial -extfile <(echo "$4") -out "$1/$2.pem" 2>/dev/null
  rm "$1/$2.csr"
  cp "$authority/ca.pem" "$1/ca.pem"
}

for name in opensearch-1 opensearch-2 opensearch-3; do
  mkdir "certificates/$name"
  sign "certificates/$name" node "$name" \
    "subjectAltName=DNS:$name,DNS:localhost,IP:127.0.0.1
extendedKeyUsage=serverAuth,clientAuth"
done
sign certificates/admin admin admin "extendedKeyUsage=clientAuth"
echo "made: $(cd certificates && echo *); keep certificates/authority and certificates/admin off the nodes"
