/// Who did what: one entry per change, written in the change's own transaction; and what was refused to whom.
@NullMarked
package io.skerry.catalog.audit;

import org.jspecify.annotations.NullMarked;
