/// Groups: databases with the same locations and primary.
@NullMarked
package io.skerry.catalog.group;

import org.jspecify.annotations.NullMarked;
