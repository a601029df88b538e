/// Whether the buckets of all profiles can be looked into, found out before an audit needs it.
@NullMarked
package io.reelkeeper.storage.check;

import org.jspecify.annotations.NullMarked;
