package io.skerry.catalog;

/// What objects may be called: what fits in a URL and a host name, and nothing else.
public final class Names {

    private static final int LENGTH_MAX = 64;

    /// A label of a host name (RFC 1035).
    private static final int LABEL_MAX = 63;

    private Names() {}

    /// @param kind `group`, `database`, `organization`, `token`: for the text
    /// @throws CatalogException INVALID if `name` will not do
    public static void check(String kind, String name) {
        if (name.isEmpty() || name.length() > LENGTH_MAX) {
            throw invalid(kind, "must be between 1 and " + LENGTH_MAX + " characters long");
        }
        if (!name.chars().allMatch(Names::isAllowed)) {
            throw invalid(kind, "can only contain lowercase letters, numbers, and hyphens");
        }
        if (name.startsWith("-") || name.endsWith("-")) {
            throw invalid(kind, "cannot start or end with a hyphen");
        }
    }

    /// The label under which a database is found in host names.
    ///
    /// @throws CatalogException INVALID if no host name can hold it
    public static String label(String database, String organization) {
        String label = database + "-" + organization;
        if (label.length() > LABEL_MAX) {
            int left = LABEL_MAX - 1 - organization.length();
            throw invalid("database", "must be between 1 and " + left + " characters long");
        }
        return label;
    }

    private static boolean isAllowed(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }

    private static CatalogException invalid(String kind, String rule) {
        return new CatalogException(CatalogException.Reason.INVALID, "invalid " + kind + " name: name " + rule);
    }
}
