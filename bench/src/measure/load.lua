-- Load for wrk, one thread. Arguments after `--`:
--   plan    a Lua file that returns { method, headers, body, targets, distinct }
--   serial  where the numbering of distinct requests starts
-- A target or body that is distinct holds the nine characters of MARK, replaced by a number that no other
-- request of the run has, so that nothing between here and the stub can have seen its text before.
local MARK = "000SERIAL"
local requests, serial, turn = {}, 0, 0

-- The text between the marks.
local function cut(text)
  local pieces, start = {}, 1
  while true do
    local from, to = text:find(MARK, start, true)
    if not from then break end
    table.insert(pieces, text:sub(start, from - 1))
    start = to + 1
  end
  table.insert(pieces, text:sub(start))
  return pieces
end

function init(args)
  local plan = dofile(args[1])
  serial = tonumber(args[2])
  for _, target in ipairs(plan.targets) do
    local body = target.body
    if target.bodyFile then
      local file = assert(io.open(target.bodyFile, "rb"))
      body = file:read("*a")
      file:close()
    end
    table.insert(requests, cut(wrk.format(plan.method, target.path, plan.headers, body)))
  end
end

function request()
  turn = turn % #requests + 1
  local pieces = requests[turn]
  if not pieces[2] then return pieces[1] end
  serial = serial + 1
  return table.concat(pieces, string.format("%09d", serial))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p99":%d,"max":%d,"badStatus":%d,"broken":%d}\n',
    summary.requests, summary.duration, summary.bytes,
    latency:percentile(50), latency:percentile(99), latency.max,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
