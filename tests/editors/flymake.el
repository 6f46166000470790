;; Writes what Flymake finds in the buffer as it was opened, and again once it has a mask that nobody has saved.
(require 'flymake)
(require 'json)

(defun reported-p (buffer)
  (with-current-buffer buffer
    (memq 'python-flymake (flymake-reporting-backends))))

(defun found ()
  (flymake-start)
  ;; From another buffer: a user may look at one while padlint is still running.
  (let ((linted (current-buffer)))
    (with-temp-buffer
      (with-timeout (60 (error "Nothing was reported"))
        (while (not (reported-p linted))
          (accept-process-output nil 0.05)))))
  (mapcar (lambda (each)
            (goto-char (flymake-diagnostic-beg each))
            (list (line-number-at-pos) (current-column) (flymake-diagnostic-type each)
                  (substring (flymake-diagnostic-text each) 0 6)))
          (flymake-diagnostics)))

(find-file "model.py")
(flymake-mode)
(let ((opened (found)))
  (goto-char (point-min))
  (search-forward "32)")
  (replace-match "32, mask_zero=True)")
  (let ((masked (found)))
    (with-temp-file "seen.json"
      (insert (json-encode (list (cons 'opened (vconcat opened)) (cons 'masked (vconcat masked))))))))
(set-buffer-modified-p nil)
