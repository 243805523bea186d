CREATE TRIGGER "audit_head_no_delete" BEFORE DELETE ON "audit_head" BEGIN SELECT RAISE(ABORT, 'the audit log only grows') WHERE true; END;
