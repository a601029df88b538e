/// Tests of the whole: structure, format, and the service driven from outside.
@org.jspecify.annotations.NullMarked
package io.reelkeeper;
