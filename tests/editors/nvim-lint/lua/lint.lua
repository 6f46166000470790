-- Stands in for nvim-lint: gives the current buffer to a linter, and publishes what its parser makes of the output.
local M = { linters_by_ft = {} }

M.linters = setmetatable({}, {
  __index = function(_, name)
    return require("lint.linters." .. name)
  end,
})

local function evaluated(value)
  return type(value) == "function" and value() or value
end

local function output_of(linter)
  local lines
  local job = vim.fn.jobstart(vim.list_extend({ linter.cmd }, vim.tbl_map(evaluated, linter.args)), {
    stdout_buffered = true,
    on_stdout = function(_, data)
      lines = data
    end,
  })
  vim.fn.chansend(job, vim.list_extend(vim.api.nvim_buf_get_lines(0, 0, -1, true), { "" }))
  vim.fn.chanclose(job, "stdin")
  vim.wait(60000, function()
    return lines ~= nil
  end)
  return table.concat(lines, "\n")
end

function M.try_lint()
  for _, name in ipairs(M.linters_by_ft[vim.bo.filetype] or {}) do
    local linter = M.linters[name]
    vim.diagnostic.set(vim.api.nvim_create_namespace(name), 0, linter.parser(output_of(linter)))
  end
end

return M
