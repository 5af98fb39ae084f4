"""Large files of rows: handed in, read by the job child, seen row by row, confirmed, carried out, and taken back.

A room derives its rows from `models.imports`, writes its actions with `steps` and its long jobs with `batches`, its
cells' readers itself, and puts up the pages with one `pages.ImportDesk`. Small files that are seen and kept in one request are `kit.sheets`.

 hand in ─▶ read (job) ─▶ preview ─▶ confirm ─▶ carried out (job) ─▶ undo (job)
                │            └─▶ discard
                └─▶ refused as a whole
"""
