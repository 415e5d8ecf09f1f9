package io.skerry.catalog.database;

import static io.skerry.catalog.CatalogException.Reason.INVALID;

import io.skerry.catalog.CatalogException;
import java.util.List;
import java.util.regex.Pattern;

/// Through which VPC endpoints a database may be reached, by their ids. Without any, also without one.
///
/// @param ids as the client wrote them
public record VpcRules(List<String> ids) {

    public static final VpcRules NONE = new VpcRules(List.of());

    private static final int ENTRIES_MAX = 256;
    /// Nothing that needs an escape in JSON.
    private static final Pattern ID = Pattern.compile("vpce-[0-9A-Za-z._-]{1,59}");

    private static final int SHOWN_MAX = 64;

    public VpcRules {
        ids = List.copyOf(ids);
    }

    /// @throws CatalogException INVALID if one of them is no id, or if they are too many
    public static VpcRules parse(List<String> ids) {
        if (ids.size() > ENTRIES_MAX) {
            throw new CatalogException(INVALID, "invalid allowed_aws_vpc_ids: more than " + ENTRIES_MAX + " entries");
        }
        for (String id : ids) {
            if (!ID.matcher(id).matches()) {
                String shown = id.length() > SHOWN_MAX ? id.substring(0, SHOWN_MAX) + "…" : id;
                throw new CatalogException(
                        INVALID,
                        "invalid allowed_aws_vpc_ids: \"" + shown + "\" is no id of a VPC endpoint, such as vpce-0123");
            }
        }
        return ids.isEmpty() ? NONE : new VpcRules(ids);
    }
}
