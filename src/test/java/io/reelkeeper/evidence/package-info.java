@org.jspecify.annotations.NullMarked
package io.reelkeeper.evidence;
