/// Organizations, users, memberships and roles.
@NullMarked
package io.skerry.catalog.organization;

import org.jspecify.annotations.NullMarked;
