-- Stands in for nvim-lint's linter of ruff: the arguments that it passes, and the keys of the JSON that it reads.
local function diagnostic(found)
  return {
    lnum = found.location.row - 1,
    col = found.location.column - 1,
    end_lnum = found.end_location.row - 1,
    end_col = found.end_location.column - 1,
    code = found.code,
    message = found.message,
    severity = vim.diagnostic.severity.WARN,
    source = "ruff",
  }
end

return {
  cmd = "ruff",
  args = {
    "check",
    "--force-exclude",
    "--quiet",
    "--stdin-filename",
    function()
      return vim.api.nvim_buf_get_name(0)
    end,
    "--no-fix",
    "--output-format",
    "json",
    "-",
  },
  parser = function(output)
    return vim.tbl_map(diagnostic, vim.json.decode(output))
  end,
}
