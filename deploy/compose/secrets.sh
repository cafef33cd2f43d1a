# Makes what secure.yml needs: a key for each user, the broker's permissions, and certificates. Keys and the authority stay when it is run
# again; permissions and the broker's certificate, which is valid for a year, are made anew.
set -eu
cd "$(dirname "$0")/../.."
folder=${TROUPE_SECRETS:-.troupe/secrets}
config=deploy/compose/certificates.cnf

# Nobody else gets into the folder. In it every file but the authority's key can be read by the users that containers run as.
mkdir -p "$folder/broker"
chmod 700 "$folder"

npm run --silent troupe -- permissions --keys "$folder/keys" --out "$folder/broker"
chmod a+r "$folder"/keys/*.nk

if [ ! -f "$folder/ca.key" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=Troupe' \
    -config "$config" -extensions authority -keyout "$folder/ca.key" -out "$folder/ca.crt"
fi
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=broker' \
  -config "$config" -keyout "$folder/broker/broker.key" -out "$folder/broker.csr"
openssl x509 -req -days 365 -in "$folder/broker.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial \
  -extfile "$config" -extensions broker -out "$folder/broker/broker.crt"
rm "$folder/broker.csr"
chmod a+rX "$folder/ca.crt" "$folder/broker" "$folder"/broker/*
