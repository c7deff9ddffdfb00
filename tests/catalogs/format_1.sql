BEGIN TRANSACTION;
CREATE TABLE about (
	"key" VARCHAR NOT NULL, 
	value INTEGER NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "about" VALUES('format',1);
INSERT INTO "about" VALUES('revision',3);
CREATE TABLE release (
	id VARCHAR NOT NULL, 
	office VARCHAR NOT NULL, 
	url VARCHAR NOT NULL, 
	first_seen DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	version INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "release" VALUES('us_doj-46b36f5ea03d8cc8','us_doj','https://www.justice.gov/opa/pr/1','2026-01-15 12:00:00.000000','2026-01-15 13:00:00.000000',2,2);
INSERT INTO "release" VALUES('kz_gpo-cb6a09257e92a6fb','kz_gpo','http://prokuror.gov.kz/rus/news/2','2026-01-15 12:00:00.000000','2026-01-15 15:00:00.000000',1,3);
CREATE TABLE run (
	id INTEGER NOT NULL, 
	office VARCHAR NOT NULL, 
	started_at DATETIME NOT NULL, 
	report JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "run" VALUES(1,'us_doj','2026-01-15 12:00:00.000000','{"new": 1, "missing_count": 0}');
CREATE TABLE version (
	release VARCHAR NOT NULL, 
	ordinal INTEGER NOT NULL, 
	observed_at DATETIME NOT NULL, 
	language VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	published DATE, 
	body JSON NOT NULL, 
	place VARCHAR, 
	signature VARCHAR, 
	number VARCHAR, 
	topics JSON NOT NULL, 
	components JSON NOT NULL, 
	kind VARCHAR, 
	attachments JSON, 
	alternates JSON NOT NULL, 
	asked_url VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	part_sha256 VARCHAR, 
	warc_file VARCHAR NOT NULL, 
	warc_offset INTEGER NOT NULL, 
	reader VARCHAR NOT NULL, 
	reader_version INTEGER NOT NULL, 
	PRIMARY KEY (release, ordinal), 
	FOREIGN KEY(release) REFERENCES release (id)
);
INSERT INTO "version" VALUES('us_doj-46b36f5ea03d8cc8',1,'2026-01-15 12:00:00.000000','en','Harbour Pilot Fined','2026-01-14','["One.", "Two: \u00ab\u043f\u0440\u043e\u043a\u0443\u0440\u043e\u0440\u00bb."]',NULL,NULL,'26-1','["Tax"]','[]',NULL,'[{"url": "https://www.justice.gov/file/1", "title": "The judgment"}]','[{"url": "https://www.justice.gov/es/1", "language": "es"}]','https://www.justice.gov/opa/pr/1','0000000000000000000000000000000000000000000000000000000000000000',NULL,'us_doj/a.warc.gz',42,'us_doj/pages',1);
INSERT INTO "version" VALUES('us_doj-46b36f5ea03d8cc8',2,'2026-01-15 13:00:00.000000','en','Harbour Pilot Fined','2026-01-14','["One, amended."]',NULL,NULL,'26-1','["Tax"]','[]',NULL,'[{"url": "https://www.justice.gov/file/1", "title": "The judgment"}]','[{"url": "https://www.justice.gov/es/1", "language": "es"}]','https://www.justice.gov/opa/pr/1','1111111111111111111111111111111111111111111111111111111111111111',NULL,'us_doj/a.warc.gz',43,'us_doj/pages',1);
INSERT INTO "version" VALUES('kz_gpo-cb6a09257e92a6fb',1,'2026-01-15 12:00:00.000000','ru','Без даты',NULL,'["\u0422\u0435\u043a\u0441\u0442."]','Астана','Пресс-служба',NULL,'[]','[]',NULL,NULL,'[]','http://www.gov.kz/list','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb','kz_gpo/b.warc.gz',7,'kz_gpo/interface',1);
CREATE TABLE visit (
	office VARCHAR NOT NULL, 
	url VARCHAR NOT NULL, 
	language VARCHAR NOT NULL, 
	etag VARCHAR, 
	last_modified VARCHAR, 
	fetched_at DATETIME NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	warc_file VARCHAR NOT NULL, 
	warc_offset INTEGER NOT NULL, 
	PRIMARY KEY (office, url, language)
);
INSERT INTO "visit" VALUES('us_doj','https://www.justice.gov/opa/pr/1','','"e"',NULL,'2026-01-15 13:00:00.000000','1111111111111111111111111111111111111111111111111111111111111111','us_doj/a.warc.gz',43);
CREATE INDEX ix_release_office ON release (office);
CREATE INDEX ix_release_revision ON release (revision);
CREATE INDEX ix_run_office ON run (office);
COMMIT;
