-- wrk's script. BENCH_METHOD, BENCH_PATH (# stands for a number under BENCH_IDS), BENCH_BODY; prints one line of JSON.
local method, path, ids = os.getenv("BENCH_METHOD"), os.getenv("BENCH_PATH"), tonumber(os.getenv("BENCH_IDS") or "1")
local body = os.getenv("BENCH_BODY")
local headers = body and { ["Content-Type"] = "application/json" } or {}

function request()
  local target = path:gsub("#", tostring(math.random(0, ids - 1)))
  return wrk.format(method, target, headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.3f,"p50Ms":%.3f,"p99Ms":%.3f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
