package io.skerry.engine.query;

/// What the owner of a database forbids at the moment, whatever the token allows.
///
/// @param blocksReads every statement is refused with BLOCKED
/// @param blocksWrites statements that change the file are refused with BLOCKED, and so is the commit of a
///     transaction that may have changed it before
/// @param bytesMax a statement that would make the file larger fails with SQLITE_FULL; what is there stays; no limit
///     is `Long.MAX_VALUE`
public record Restrictions(boolean blocksReads, boolean blocksWrites, long bytesMax) {

    public static final Restrictions NONE = new Restrictions(false, false, Long.MAX_VALUE);
}
