/// Keeps recordings from getting lost.
@org.jspecify.annotations.NullMarked
package io.reelkeeper;
