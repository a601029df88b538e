@org.jspecify.annotations.NullMarked
package io.reelkeeper.api.request;
