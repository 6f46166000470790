-- Writes what is found in the buffer as it was opened, and again once it has a mask that nobody has saved.
local function found()
  return vim.tbl_map(function(each)
    return { each.lnum, each.col, each.end_lnum, each.end_col, each.code }
  end, vim.diagnostic.get(0))
end

local opened = found()
vim.cmd("%s/32)/32, mask_zero=True)/")
vim.cmd("doautocmd InsertLeave")
vim.fn.writefile({ vim.fn.json_encode({ opened = opened, masked = found() }) }, "seen.json")
