/// How sessions lie in their tables.
@org.jspecify.annotations.NullMarked
package io.reelkeeper.session.rows;
