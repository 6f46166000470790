;; Writes what Flycheck finds in the buffer as it was opened, and again once it has a mask that nobody has saved.
(require 'json)

(defun found ()
  (flycheck-buffer)
  (with-timeout (60 (error "Nothing was reported"))
    (while (flycheck-running-p)
      (accept-process-output nil 0.05)))
  (mapcar (lambda (each)
            (list (flycheck-error-line each) (flycheck-error-column each)
                  (flycheck-error-level each) (flycheck-error-id each)))
          flycheck-current-errors))

(find-file "model.py")
(flycheck-mode)
(let ((opened (found)))
  (goto-char (point-min))
  (search-forward "32)")
  (replace-match "32, mask_zero=True)")
  (let ((masked (found)))
    (with-temp-file "seen.json"
      (insert (json-encode (list (cons 'opened (vconcat opened)) (cons 'masked (vconcat masked))))))))
(set-buffer-modified-p nil)
