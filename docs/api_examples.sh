# The examples of docs/api.md, by the ids of the operations; docs/make_api.py puts them there.
# == upload_file
FILE=$(curl -s -F file=@invoice.pdf $DOCS/files | grep -oE 'file_\w{21}')
echo $FILE
# == list_files
curl -s "$DOCS/files?file_name=invoice&limit=10"
# == get_file_metadata
curl -s $DOCS/files/$FILE/metadata
# == get_file_content
curl -s $DOCS/files/$FILE/content -o copy.pdf
# == delete_file
GONE=$(curl -s -F file=@scan.png $DOCS/files | grep -oE 'file_\w{21}')
curl -s -X DELETE $DOCS/files/$GONE
# == parse
JOB=$(curl -s $DOCS/parse --json "{\"file_id\": \"$FILE\", \"parsing_options\": {\"chunking_strategy\": \"page\"}}" | grep -oE 'parse_\w{21}')
curl -sN -H 'Accept: text/event-stream' $DOCS/parse/$JOB | grep event:   # waits for the end
# == list_parse_results
curl -s "$DOCS/parse?status=successful&limit=10"
# == read
curl -s $DOCS/read --json '{"raw_text": "# A heading\n\nSome text.", "mime_type": "text/markdown"}'
# == extract
curl -s $DOCS/extract --json "{
  \"file_id\": \"$FILE\",
  \"structured_extraction_options\": [{
    \"schema_name\": \"Invoice\",
    \"json_schema\": {\"type\": \"object\", \"properties\": {\"total\": {\"type\": \"number\"}}},
    \"provide_citations\": true
  }]
}"
# == classify
curl -s $DOCS/classify --json "{
  \"file_id\": \"$FILE\",
  \"page_classifications\": [{\"name\": \"invoice\", \"description\": \"a bill to be paid\"}]
}"
# == edit
FORM=$(curl -s -F file=@form.pdf $DOCS/files | grep -oE 'file_\w{21}')
curl -s $DOCS/edit --json "{\"file_id\": \"$FORM\", \"form_filling\": {\"fill_prompt\": \"Full name: Ada Lovelace\"}}"
# == get_parse_result
curl -s $DOCS/parse/$JOB -o result.json
# == get_progress
curl -s $DOCS/parse/$JOB/progress
# == get_pages
curl -s "$DOCS/parse/$JOB/pages?after=0"
# == cancel_parse
# not run: the job may have ended by then, and is answered with 409
curl -s -X POST $DOCS/parse/$JOB/cancel
# == replay_parse
curl -s $DOCS/parse/$JOB/replay --json '{"mode": "adaptive"}'
curl -sN -H 'Accept: text/event-stream' $DOCS/parse/$JOB | grep event:
# == get_page_picture
curl -s "$DOCS/parse/$JOB/pages/1/picture?width=800" -o page.webp
# == delete_parse
curl -s -X DELETE $DOCS/parse/$JOB
# == create_dataset
SET=$(curl -s $DOCS/datasets --json "{\"name\": \"bills-$RANDOM$RANDOM\", \"parsing_options\": {\"table_merging\": true}}" | grep -oE 'dataset_\w{21}')
# == list_datasets
curl -s "$DOCS/datasets?name=bills"
# == get_dataset
curl -s "$DOCS/datasets/$SET?include_configuration=true&include_analytics=true"
# == update_dataset
curl -s -X PUT $DOCS/datasets/$SET --json '{"description": "What suppliers send"}'
# == parse_into_dataset
curl -s $DOCS/datasets/$SET/parse --json "{\"file_id\": \"$FILE\"}"
# == get_dataset_data
curl -s "$DOCS/datasets/$SET/data?limit=10"
# == delete_dataset
curl -s -X DELETE $DOCS/datasets/$SET
# == create_webhook
HOOK=$(curl -s $DOCS/webhooks --json '{"url": "https://example.org/octavo", "event_types": ["tensorlake.document_ingestion.job.completed"]}' | grep -oE 'webhook_\w{21}')
# == list_webhooks
curl -s $DOCS/webhooks
# == get_webhook
curl -s $DOCS/webhooks/$HOOK
# == update_webhook
curl -s -X PUT $DOCS/webhooks/$HOOK --json '{"name": "billing"}'
# == get_webhook_secret
curl -s $DOCS/webhooks/$HOOK/secret
# == rotate_webhook_secret
curl -s -X POST $DOCS/webhooks/$HOOK/rotate
# == test_webhook
SENT=$(curl -s $DOCS/webhooks/$HOOK/test --json '{"event_type": "tensorlake.document_ingestion.job.completed"}' | grep -oE 'msg_\w{21}' | head -1)
# == list_deliveries
curl -s "$DOCS/webhooks/$HOOK/deliveries?limit=10"
# == get_delivery
curl -s $DOCS/webhooks/$HOOK/deliveries/$SENT
# == redeliver
curl -s -X POST $DOCS/webhooks/$HOOK/deliveries/$SENT/redeliver
# == delete_webhook
curl -s -X DELETE $DOCS/webhooks/$HOOK
# == live
curl -s http://127.0.0.1:8700/livez
# == ready
curl -s http://127.0.0.1:8700/readyz
# == version
curl -s http://127.0.0.1:8700/version
# == metrics
curl -s http://127.0.0.1:8700/metrics -o metrics.txt
