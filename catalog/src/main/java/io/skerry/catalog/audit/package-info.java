/// Who did what: one entry per change, written in the change's own transaction.
@NullMarked
package io.skerry.catalog.audit;

import org.jspecify.annotations.NullMarked;
