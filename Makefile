# Aliases: the verbs themselves are in dev.py (`python3 dev.py --help`).
VERBS = setup run test lint fix docs bench pictures lock
.PHONY: $(VERBS)
$(VERBS):
	@python3 dev.py $@ $(ARGS)
