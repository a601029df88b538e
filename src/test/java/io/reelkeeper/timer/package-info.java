/// Tests of the timers, and [DueTimers], which runs them by hand for the tests of others.
@org.jspecify.annotations.NullMarked
package io.reelkeeper.timer;
