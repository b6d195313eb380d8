-- Sends the bodies of a file, one a line, over and over. They are put together beforehand, so that what is measured is
-- the sending.
local requests = {}
local sent = 0

function init(arguments)
  local headers = { ["Content-Type"] = "application/json", ["X-API-Key"] = "k" }
  for body in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("PUT", nil, headers, body)
  end
end

function request()
  sent = sent % #requests + 1
  return requests[sent]
end
