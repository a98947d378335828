module github.com/openclaw/lock-helpers/go

go 1.24
