/// Invitations to organizations: a role for whoever holds the secret of a link, once. Only the secret's hash is
/// kept.
@NullMarked
package io.skerry.catalog.invite;

import org.jspecify.annotations.NullMarked;
