package io.skerry.raft;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Something that goes wrong for a while, and is looked at again and again: one line in the log when
/// it begins, one when it is over. One thread looks at a time, any thread asks.
final class Spell {

    private static final Logger LOG = LoggerFactory.getLogger(Spell.class);

    private final int beginsAfter;
    private final int endsAfter;
    private int others;
    private volatile @Nullable String line;

    /// @param beginsAfter so many looks in a row that found something
    /// @param endsAfter so many that found nothing
    Spell(int beginsAfter, int endsAfter) {
        this.beginsAfter = beginsAfter;
        this.endsAfter = endsAfter;
    }

    /// @param found what is wrong now, and the way out; null if nothing is
    /// @param over the line for when it is over
    void look(@Nullable String found, String over) {
        if ((found == null) == (line == null)) {
            others = 0;
            line = found; // its numbers may have changed
        } else if (++others >= (found == null ? endsAfter : beginsAfter)) {
            others = 0;
            line = found;
            if (found == null) {
                LOG.info("{}", over);
            } else {
                LOG.warn("{}", found);
            }
        }
    }

    /// What was said last, as long as it is not over.
    Optional<String> line() {
        return Optional.ofNullable(line);
    }
}
