package io.skerry.engine.query;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Which PRAGMAs SQL may use. What would let a commit pass the log, change how a file is read elsewhere, or
/// outlive its session on a shared connection is not among them. Follows sqld's table, except that
/// `encoding` and `schema_version` are for looking at alone; unknown names are refused.
final class Pragmas {

    enum Rule {
        /// Reads, with or without an argument.
        READ,
        /// Reads without an argument, and belongs to the session or the database with one.
        ANY,
        /// Only without an argument: to look at a setting, not to change it.
        QUERY_ONLY,
        REFUSED
    }

    private static final Map<String, Rule> RULES = rules();

    private Pragmas() {}

    static Rule rule(String name) {
        return RULES.getOrDefault(name.toLowerCase(Locale.ROOT), Rule.REFUSED);
    }

    static boolean allowed(String name, boolean hasArgument) {
        return switch (rule(name)) {
            case READ, ANY -> true;
            case QUERY_ONLY -> !hasArgument;
            case REFUSED -> false;
        };
    }

    private static Map<String, Rule> rules() {
        var rules = new HashMap<String, Rule>();
        put(rules, Rule.READ, """
                table_list index_list table_info table_xinfo index_info index_xinfo pragma_list compile_options
                database_list function_list module_list collation_list data_version foreign_key_list
                foreign_key_check freelist_count integrity_check page_count quick_check stats""");
        put(rules, Rule.ANY, "defer_foreign_keys foreign_keys legacy_file_format user_version");
        put(rules, Rule.QUERY_ONLY, """
                analysis_limit application_id auto_vacuum automatic_index busy_timeout cache_size cache_spill
                cell_size_check checkpoint_fullfsync encoding fullfsync hard_heap_limit journal_mode journal_size_limit
                legacy_alter_table locking_mode max_page_count mmap_size page_size query_only read_uncommitted
                recursive_triggers reverse_unordered_selects schema_version secure_delete soft_heap_limit synchronous
                temp_store threads trusted_schema wal_autocheckpoint""");
        return Map.copyOf(rules);
    }

    private static void put(Map<String, Rule> rules, Rule rule, String names) {
        for (var name : names.split("\\s+")) {
            rules.put(name, rule);
        }
    }
}
