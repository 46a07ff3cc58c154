#include "gate/versions.h"

#include <archive.h>
#include <curl/curl.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <lz4.h>
#include <nettle/version.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unicode/uversion.h>
#include <zlib.h>

#include "base/macros.h"
#include "gate/regex.h"

static const char *icu_version(void)
{
	static char text[U_MAX_VERSION_STRING_LENGTH];
	UVersionInfo version;

	u_getVersion(version);
	u_versionToString(version, text);
	return text;
}

/* libxml2 tells its version as one number: 20914. */
static const char *xml_version(void)
{
	static char text[32];
	unsigned number = 0;

	for (const char *c = xmlParserVersion; *c >= '0' && *c <= '9' && number < 1000000; c++)
		number = number * 10 + (unsigned)(*c - '0');
	snprintf(text, sizeof(text), "%u.%u.%u", number / 10000, number / 100 % 100, number % 100);
	return text;
}

static const char *nettle_version(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "%d.%d", nettle_version_major(), nettle_version_minor());
	return text;
}

const struct library_version *library_versions(size_t *ret_n)
{
	static struct library_version all[11];

	all[0] = (struct library_version){ "SQLite", sqlite3_libversion() };
	all[1] = (struct library_version){ "libcurl", curl_version_info(CURLVERSION_NOW)->version };
	all[2] = (struct library_version){ "libxml2", xml_version() };
	all[3] = (struct library_version){ "PCRE2", regex_version() };
	all[4] = (struct library_version){ "Jansson", jansson_version_str() };
	all[5] = (struct library_version){ "libarchive", archive_version_string() + strlen("libarchive ") };
	all[6] = (struct library_version){ "ICU", icu_version() };
	all[7] = (struct library_version){ "libsodium", sodium_version_string() };
	all[8] = (struct library_version){ "zlib", zlibVersion() };
	all[9] = (struct library_version){ "LZ4", LZ4_versionString() };
	all[10] = (struct library_version){ "nettle", nettle_version() };
	*ret_n = LENGTH(all);
	return all;
}

bool sqlite_has_wal_race(void)
{
	int number = sqlite3_libversion_number();

	return number >= 3007000 && number <= 3051002 && number != 3044006 && number != 3050007;
}
