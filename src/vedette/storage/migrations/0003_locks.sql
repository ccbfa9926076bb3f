-- Version 3: no footage is locked for good.
DROP TABLE locks;
