@org.jspecify.annotations.NullMarked
package io.reelkeeper.notification;
