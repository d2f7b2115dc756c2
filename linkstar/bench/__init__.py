"""`make bench`: the product against floors measured in the same run. The goals are those of performance.md."""
