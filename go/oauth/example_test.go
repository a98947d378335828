package oauth_test

import (
	"context"
	"fmt"

	"github.com/openclaw/lock-helpers/go/oauth"
)

func ExampleRefreshStored() {
	ctx := context.Background()
	endpoint := oauth.Endpoint("https://provider.example/token", "my-client-id", nil)
	result, err := oauth.RefreshStored(ctx, "no-such-tokens.json", []string{"logins", "xai"}, endpoint)
	if err != nil {
		fmt.Println("no token")
		return
	}
	fmt.Println(result.How)
	// Output: no token
}
