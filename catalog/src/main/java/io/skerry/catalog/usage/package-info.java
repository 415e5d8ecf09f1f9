/// What databases read and wrote, from the meters of each node to the catalog. A node keeps what it counted
/// in its [UsageLedger] and reports it now and then ([UsageReporter]); the leader of the system group adds
/// each report once ([UsageRecords]).
///
/// **Once.** Each report names the one before it of the same node, and is added only if that is the last that
/// was. So a report whose fate is unknown is sent again as it is; it is known by its id if it was added
/// before, and one that was held up on the way fits nowhere. Readers use the same chain: of what a node says
/// it counted since each of its reports, they add what comes after the last report that their copy of the
/// catalog has.
@NullMarked
package io.skerry.catalog.usage;

import org.jspecify.annotations.NullMarked;
