# Sourced by ./run --cosmos: starts the emulator, which ends with this process or what it becomes by exec, and points the
# app at it.
# shellcheck shell=bash
[[ -z ${Portico__DataPath:-} ]] ||
  fail "--cosmos keeps blobs and orchestrations in a folder of its own, since the documents they belong to end with the run. Unset Portico__DataPath."
export Portico__DataPath=$ROOT/artifacts/cosmos-data
# Held by the app as long as it runs.
exec 8>"$Portico__DataPath.lock"
flock -n 8 || fail "Another ./run --cosmos is running."
rm -rf "$Portico__DataPath"

exec 3< <(exec setpriv --pdeathsig TERM node --import tsx eng/cosmos-emulator/main.ts 8>&-)
read -r -t 60 CosmosDb__ConnectionString <&3 || fail "The Cosmos DB emulator did not start."
exec 3<&-
export CosmosDb__ConnectionString
unset CosmosDb__AccountEndpoint
address=${CosmosDb__ConnectionString#AccountEndpoint=}
say "documents in the Cosmos DB emulator at ${address%%;*}, in memory: they end with this run, and so does what belongs to them"
